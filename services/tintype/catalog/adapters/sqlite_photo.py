"""Photos in SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tintype.catalog.adapters import sqlite_photo_cards as cards
from tintype.catalog.adapters import sqlite_photo_counts as counts
from tintype.catalog.adapters.photo_pages import as_page
from tintype.catalog.adapters.photo_shape import PHOTOS
from tintype.catalog.adapters.stored_photo import StoredPhotos
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.tag import tag_key
from tintype.catalog.domain.timeline import DayCount
from tintype.catalog.ports.photo import PageKey, PhotoPage, Statistics, TagCount, Usage
from tintype.kit.clock import Clock
from tintype.kit.ids import IdSource
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


class SqlitePhotoRepository(StoredPhotos):
    """PhotoRepository on SQLite: one row holds a photo, its keys and its unpublished facts, another its card."""

    def __init__(self, photos: SqliteAggregates[Photo, PhotoFact], database: Database) -> None:
        super().__init__(photos)
        self._database = database

    @classmethod
    async def open(
        cls, database: Database, *, ids: IdSource | None = None, clock: Clock | None = None
    ) -> SqlitePhotoRepository:
        """Make the tables where they are not there."""
        photos = await SqliteAggregates.open(database, PHOTOS, ids=ids, clock=clock, beside=cards)
        await database.write(cards.make_table)
        return cls(photos, database)

    async def load_cards(self, *, owner_id: str, photo_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `PhotoRepository`."""
        return await self._database.read(lambda connection: cards.load(connection, owner_id, photo_ids))

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

    async def count_days(self, owner_id: str, *, archived: bool) -> list[DayCount]:
        """See `PhotoRepository`."""
        return await self._database.read(lambda connection: counts.days(connection, owner_id, archived))

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
        return max(left, await super().count_owner(owner_id))

    async def statistics(self) -> Statistics:
        """See `PhotoRepository`."""
        return await self._database.read(counts.statistics)
