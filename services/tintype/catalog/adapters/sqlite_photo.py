"""Photos in SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tintype.catalog.adapters import sqlite_photo_cards as cards
from tintype.catalog.adapters import sqlite_photo_counts as counts
from tintype.catalog.adapters.photo_keys import Shelf, milliseconds
from tintype.catalog.adapters.photo_pages import as_page, matching, must_tell
from tintype.catalog.adapters.sqlite_photo_shape import PHOTOS
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import PhotoFilter, PhotoOrder
from tintype.catalog.domain.tag import tag_key
from tintype.catalog.ports.photo import Bucket, PageKey, PhotoPage, Statistics, TagCount, Usage
from tintype.kit.clock import Clock
from tintype.kit.ids import IdSource
from tintype.kit.outbox import Outbox
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


class SqlitePhotoRepository:
    """PhotoRepository on SQLite: one row holds a photo, its keys and its unpublished facts, another its card."""

    def __init__(self, photos: SqliteAggregates[Photo, PhotoFact], database: Database) -> None:
        self._photos = photos
        self._database = database

    @classmethod
    async def open(
        cls, database: Database, *, ids: IdSource | None = None, clock: Clock | None = None
    ) -> SqlitePhotoRepository:
        """Make the tables where they are not there."""
        await database.write(cards.make_table)
        return cls(await SqliteAggregates.open(database, PHOTOS, ids=ids, clock=clock, beside=cards), database)

    @property
    def outbox(self) -> Outbox[PhotoFact]:
        """The facts that wait to be published."""
        return self._photos

    async def add(self, photo: Photo, *, facts: Sequence[PhotoFact]) -> None:
        """See `PhotoRepository`."""
        await self._photos.add(photo, facts=facts)

    async def replace(self, photo: Photo, *, facts: Sequence[PhotoFact]) -> Photo:
        """See `PhotoRepository`."""
        must_tell(photo, facts)
        return await self._photos.replace(photo, facts=facts)

    async def remove(self, photo: Photo) -> None:
        """See `PhotoRepository`."""
        await self._photos.remove(photo)

    async def remove_owner(self, owner_id: str) -> int:
        """See `PhotoRepository`."""
        return await self._photos.remove_owner(owner_id)

    async def load(self, *, owner_id: str, photo_id: str) -> Photo:
        """See `PhotoRepository`."""
        return await self._photos.load(owner_id=owner_id, aggregate_id=photo_id)

    async def load_many(self, *, owner_id: str, photo_ids: Sequence[str]) -> list[Photo]:
        """See `PhotoRepository`."""
        return await self._photos.load_many(owner_id=owner_id, aggregate_ids=photo_ids)

    async def load_cards(self, *, owner_id: str, photo_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `PhotoRepository`."""
        return await self._database.read(lambda connection: cards.load(connection, owner_id, photo_ids))

    async def page(
        self,
        owner_id: str,
        *,
        filter: PhotoFilter,
        order: PhotoOrder = PhotoOrder.CAPTURE_TIME,
        oldest_first: bool = False,
        limit: int,
        after: PageKey = (),
    ) -> PhotoPage:
        """See `PhotoRepository`."""
        return await matching(
            self._photos, owner_id, filter=filter, order=order, oldest_first=oldest_first, limit=limit, after=after
        )

    async def page_all(self, *, owner_id: str = "", limit: int, after: PageKey = ()) -> PhotoPage:
        """See `PhotoRepository`."""
        if owner_id:
            return as_page(await self._photos.page("owned", owner_id, limit=limit, after=after))
        return as_page(await self._photos.page("everything", limit=limit, after=after))

    async def page_album(
        self,
        owner_id: str,
        album_id: str,
        *,
        by_capture: bool = False,
        last_first: bool = False,
        trashed: bool = False,
        limit: int,
        after: PageKey = (),
    ) -> PhotoPage:
        """See `PhotoRepository`."""
        index = "in_album_by_capture" if by_capture else "in_album"
        equal = (owner_id, album_id, int(not trashed))
        return as_page(await self._photos.page(index, *equal, limit=limit, after=after, descending=last_first))

    async def page_trashed(self, *, until: datetime, limit: int, after: PageKey = ()) -> PhotoPage:
        """See `PhotoRepository`."""
        return await self._parted(Shelf.TRASH, False, until, limit, after)

    async def page_tombstones(
        self, *, until: datetime, content_left: bool, limit: int, after: PageKey = ()
    ) -> PhotoPage:
        """See `PhotoRepository`."""
        return await self._parted(Shelf.TOMBSTONES, content_left, until, limit, after)

    async def page_pending(self, *, until: datetime, limit: int, after: PageKey = ()) -> PhotoPage:
        """See `PhotoRepository`."""
        return as_page(await self._photos.page("pending", limit=limit, after=after, until=(milliseconds(until),)))

    async def count_months(self, owner_id: str, *, archived: bool) -> list[Bucket]:
        """See `PhotoRepository`."""
        return await self._database.read(lambda connection: counts.months(connection, owner_id, archived))

    async def count_tags(self, owner_id: str, *, prefix: str, limit: int, skip: int) -> list[TagCount]:
        """See `PhotoRepository`."""
        key = tag_key(prefix)
        return await self._database.read(lambda connection: counts.tags(connection, owner_id, key, limit, skip))

    async def count_album(self, owner_id: str, album_id: str) -> int:
        """See `PhotoRepository`."""
        return await self._photos.count("in_album", owner_id, album_id, 1)

    async def usage(self, owner_id: str) -> Usage:
        """See `PhotoRepository`."""
        return await self._database.read(lambda connection: counts.usage(connection, owner_id))

    async def count_owner(self, owner_id: str) -> int:
        """See `PhotoRepository`."""
        left = await self._database.read(lambda connection: cards.count_owner(connection, owner_id))
        return max(left, await self._photos.count("owned", owner_id))

    async def statistics(self) -> Statistics:
        """See `PhotoRepository`."""
        return await self._database.read(counts.statistics)

    async def _parted(self, shelf: Shelf, content_left: bool, until: datetime, limit: int, after: PageKey) -> PhotoPage:
        page = await self._photos.page(
            "parted", int(shelf), int(content_left), limit=limit, after=after, until=(milliseconds(until),)
        )
        return as_page(page)
