"""Photos in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tintype.catalog.adapters import mongo_photo_counts as counts
from tintype.catalog.adapters.mongo_photo_shape import PHOTOS, album_key, place, place_parts, rank_field
from tintype.catalog.adapters.photo_pages import as_page
from tintype.catalog.adapters.stored_photo import StoredPhotos
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.tag import tag_key
from tintype.catalog.domain.timeline import DayCount
from tintype.catalog.ports.photo import PageKey, PhotoPage, Statistics, TagCount, Usage
from tintype.kit.clock import Clock
from tintype.kit.ids import IdSource
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_errors import translated
from tintype.kit.store.mongo_pages import Range


class MongoPhotoRepository(StoredPhotos):
    """PhotoRepository on MongoDB: one document holds a photo, its keys and its unpublished facts."""

    def __init__(self, photos: MongoAggregates[Photo, PhotoFact]) -> None:
        super().__init__(photos)
        self._documents = photos

    @classmethod
    async def open(
        cls, database: MongoDatabase, *, ids: IdSource | None = None, clock: Clock | None = None
    ) -> MongoPhotoRepository:
        """Make the indexes where they are not there."""
        return cls(await MongoAggregates.open(database, PHOTOS, ids=ids, clock=clock))

    async def load_cards(self, *, owner_id: str, photo_ids: Sequence[str]) -> Mapping[str, bytes]:
        """See `PhotoRepository`. None are kept: a document that is replaced whole had better stay small."""
        return {}

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
        if by_capture:
            equal = (owner_id, album_key(album_id, there=not trashed))
            page = await self._photos.page(
                "in_album_by_capture", *equal, limit=limit, after=after, descending=last_first
            )
            return as_page(page)
        field = f"ranks.{rank_field(album_id)}"
        part = _ranked(owner_id, field, there=not trashed, after=after, descending=last_first)
        rows = await self._documents.rows(part, limit=limit + 1, also=[field])
        photos = [PHOTOS.load(row) for row in rows[:limit]]
        more = len(rows) > limit
        return PhotoPage(photos, place_parts(rows[limit - 1]["ranks"][rank_field(album_id)]) if more else None)

    async def count_days(self, owner_id: str, *, archived: bool) -> list[DayCount]:
        """See `PhotoRepository`."""
        with translated(PHOTOS.name):
            return await counts.days(self._documents.collection, owner_id, archived=archived)

    async def count_tags(self, owner_id: str, *, prefix: str, limit: int, skip: int) -> list[TagCount]:
        """See `PhotoRepository`."""
        with translated(PHOTOS.name):
            return await counts.tags(self._documents.collection, owner_id, tag_key(prefix), limit=limit, skip=skip)

    async def count_album(self, owner_id: str, album_id: str) -> int:
        """See `PhotoRepository`."""
        return await self._photos.count("in_album_by_capture", owner_id, album_key(album_id, there=True))

    async def usage(self, owner_id: str) -> Usage:
        """See `PhotoRepository`."""
        with translated(PHOTOS.name):
            return await counts.usage(self._documents.collection, owner_id)

    async def statistics(self) -> Statistics:
        """See `PhotoRepository`."""
        with translated(PHOTOS.name):
            return await counts.statistics(self._documents.collection)


def _ranked(owner_id: str, field: str, *, there: bool, after: PageKey, descending: bool) -> Range:
    """The photos of an album in the order of their places."""
    low, high = place(there=there), place(there=there) + "~"  # which sorts behind all ranks
    if after:
        rank, photo_id = (str(each) for each in (*after, "")[:2])
        begin = place(there=there, rank=rank, photo_id=photo_id)
        low, high = (low, begin) if descending else (begin, high)
    where = {"owner_id": owner_id, field: {"$gt": low, "$lt": high}}
    return Range(where, ((field, -1 if descending else 1),), "ranks")
