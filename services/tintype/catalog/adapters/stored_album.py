"""Albums, in either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tintype.catalog.adapters.documents import ALBUM, ALBUM_FACTS
from tintype.catalog.adapters.photo_keys import NEVER
from tintype.catalog.adapters.photo_pages import plain
from tintype.catalog.domain.album import Album, AlbumChanged
from tintype.catalog.ports.album import AlbumConflict, AlbumExists, AlbumNotFound, AlbumPage
from tintype.catalog.ports.photo import PageKey
from tintype.kit.instants import milliseconds
from tintype.kit.outbox import Outbox
from tintype.kit.store.aggregate_shape import OWNED, Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates, Page

ALBUMS: Final = Shape[Album, AlbumChanged](
    table="albums",
    codec=ALBUM,
    aggregate_id=lambda album: album.album_id,
    not_found=AlbumNotFound,
    already_exists=AlbumExists,
    conflict=AlbumConflict,
    facts=ALBUM_FACTS,
    columns=[
        Column("create_ms", "INTEGER", lambda album: milliseconds(album.create_time)),
        Column("deleted", "INTEGER", lambda album: int(album.delete_time is not None)),
        Column("delete_ms", "INTEGER", lambda album: milliseconds(album.delete_time) if album.delete_time else NEVER),
    ],
    indexes=[
        Index("by_creation", ("owner_id", "deleted"), ("create_ms",)),
        Index("by_deletion", ("deleted",), ("delete_ms",)),
    ],
)


class StoredAlbumRepository:
    """AlbumRepository over aggregates."""

    def __init__(self, albums: Aggregates[Album, AlbumChanged]) -> None:
        self._albums = albums

    @property
    def outbox(self) -> Outbox[AlbumChanged]:
        """The facts that wait to be published."""
        return self._albums

    async def add(self, album: Album, *, facts: Sequence[AlbumChanged]) -> None:
        """See `AlbumRepository`."""
        await self._albums.add(album, facts=facts)

    async def replace(self, album: Album, *, facts: Sequence[AlbumChanged]) -> Album:
        """See `AlbumRepository`."""
        return await self._albums.replace(album, facts=facts)

    async def remove(self, album: Album) -> None:
        """See `AlbumRepository`."""
        await self._albums.remove(album)

    async def remove_owner(self, owner_id: str) -> int:
        """See `AlbumRepository`."""
        return await self._albums.remove_owner(owner_id)

    async def load(self, *, owner_id: str, album_id: str) -> Album:
        """See `AlbumRepository`."""
        return await self._albums.load(owner_id=owner_id, aggregate_id=album_id)

    async def load_many(self, *, owner_id: str, album_ids: Sequence[str]) -> list[Album]:
        """See `AlbumRepository`."""
        return await self._albums.load_many(owner_id=owner_id, aggregate_ids=album_ids)

    async def page(self, owner_id: str, *, limit: int, after: PageKey = ()) -> AlbumPage:
        """See `AlbumRepository`."""
        return _as_page(await self._albums.page("by_creation", owner_id, 0, limit=limit, after=after, descending=True))

    async def page_deleted(self, *, limit: int, after: PageKey = ()) -> AlbumPage:
        """See `AlbumRepository`."""
        return _as_page(await self._albums.page("by_deletion", 1, limit=limit, after=after))

    async def count_owner(self, owner_id: str) -> int:
        """See `AlbumRepository`."""
        return await self._albums.count(OWNED, owner_id)


def _as_page(page: Page[Album]) -> AlbumPage:
    return AlbumPage(page.items, None if page.after is None else plain(page.after))
