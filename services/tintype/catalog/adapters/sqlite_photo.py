"""Photos in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tintype.catalog.adapters import sqlite_photo_counts as counts
from tintype.catalog.adapters.sqlite_photo_shape import PHOTOS, Shelf, milliseconds
from tintype.catalog.domain.fact import PhotoChanged, PhotoDeleted, PhotoFact, PhotoRegistered
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import Inclusion, PhotoFilter, PhotoOrder
from tintype.catalog.domain.tag import tag_key
from tintype.catalog.ports.photo import Bucket, PageKey, PhotoPage, Statistics, TagCount, UntoldChange, Usage
from tintype.kit.clock import Clock
from tintype.kit.ids import IdSource
from tintype.kit.outbox import Outbox
from tintype.kit.store.aggregate_shape import Key
from tintype.kit.store.aggregates import Aggregates, Page
from tintype.kit.store.sqlite import Database

SCANNED: Final = 2_000  # photos that one call looks at, so that a filter that matches little does not hold a reader
BATCH: Final = 500

_TELLING: Final = (PhotoRegistered, PhotoChanged, PhotoDeleted)


class SqlitePhotoRepository:
    """PhotoRepository on SQLite: one row holds a photo, its keys and its unpublished facts."""

    def __init__(self, photos: Aggregates[Photo, PhotoFact], database: Database) -> None:
        self._photos = photos
        self._database = database

    @classmethod
    async def open(
        cls, database: Database, *, ids: IdSource | None = None, clock: Clock | None = None
    ) -> SqlitePhotoRepository:
        """Make the tables where they are not there."""
        return cls(await Aggregates.open(database, PHOTOS, ids=ids, clock=clock), database)

    @property
    def outbox(self) -> Outbox[PhotoFact]:
        """The facts that wait to be published."""
        return self._photos

    async def add(self, photo: Photo, *, facts: Sequence[PhotoFact]) -> None:
        """See `PhotoRepository`."""
        await self._photos.add(photo, facts=facts)

    async def replace(self, photo: Photo, *, facts: Sequence[PhotoFact]) -> Photo:
        """See `PhotoRepository`."""
        if not any(isinstance(fact, _TELLING) for fact in facts):
            raise UntoldChange("a change of a photo must be told", photo_id=photo.photo_id)
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
        """See `PhotoRepository`. An index narrows down what is looked at, the filter decides."""
        index, equal = _index(owner_id, filter, order)
        by_capture = order is PhotoOrder.CAPTURE_TIME
        begin, end = _span(filter, oldest_first) if by_capture else ((), ())
        found: list[Photo] = []
        position: Sequence[Key] | None = after or begin
        size, scanned = limit + 1, 0  # one more than is wanted tells whether this is the last page
        while position is not None and len(found) < limit and scanned < SCANNED:
            page = await self._photos.page(
                index, *equal, limit=size, after=position, until=end, descending=not oldest_first
            )
            for photo in page.items:
                if len(found) == limit:
                    return PhotoPage(found, _key_of(found[-1], order))
                if filter.matches(photo):
                    found.append(photo)
            position, size, scanned = page.after, BATCH, scanned + len(page.items)
        return PhotoPage(found, None if position is None else _plain(position))

    async def page_all(self, *, owner_id: str = "", limit: int, after: PageKey = ()) -> PhotoPage:
        """See `PhotoRepository`."""
        if owner_id:
            return _as_page(await self._photos.page("owned", owner_id, limit=limit, after=after))
        return _as_page(await self._photos.page("everything", limit=limit, after=after))

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
        return _as_page(await self._photos.page(index, *equal, limit=limit, after=after, descending=last_first))

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
        return _as_page(await self._photos.page("pending", limit=limit, after=after, until=(milliseconds(until),)))

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
        return await self._photos.count("owned", owner_id)

    async def statistics(self) -> Statistics:
        """See `PhotoRepository`."""
        return await self._database.read(counts.statistics)

    async def _parted(self, shelf: Shelf, content_left: bool, until: datetime, limit: int, after: PageKey) -> PhotoPage:
        page = await self._photos.page(
            "parted", int(shelf), int(content_left), limit=limit, after=after, until=(milliseconds(until),)
        )
        return _as_page(page)


def _as_page(page: Page[Photo]) -> PhotoPage:
    return PhotoPage(page.items, None if page.after is None else _plain(page.after))


def _plain(keys: Sequence[Key]) -> PageKey:
    return tuple(key if isinstance(key, int) else str(key) for key in keys)


def _key_of(photo: Photo, order: PhotoOrder) -> PageKey:
    time = photo.capture_time.instant if order is PhotoOrder.CAPTURE_TIME else photo.upload_time
    return (milliseconds(time), photo.photo_id)


def _index(owner_id: str, filter: PhotoFilter, order: PhotoOrder) -> tuple[str, tuple[Key, ...]]:
    """The index that narrows down most of those that give this order."""
    shelf = _shelf(filter)
    by_capture = order is PhotoOrder.CAPTURE_TIME
    if shelf is None:
        return ("by_capture" if by_capture else "by_upload"), (owner_id,)
    if not by_capture:
        return "shelf_by_upload", (owner_id, shelf)
    if filter.tags.all_of or len(filter.tags.any_of) == 1:
        return "tagged", (owner_id, shelf, tag_key((filter.tags.all_of or filter.tags.any_of)[0]))
    if filter.favourite is not None:
        return "favourites", (owner_id, shelf, int(filter.favourite))
    if len(filter.states) == 1:
        return "states", (owner_id, shelf, filter.states[0].value)
    return "shelf_by_capture", (owner_id, shelf)


def _shelf(filter: PhotoFilter) -> int | None:
    """The one shelf that all photos of the filter are on; None if there may be several."""
    if filter.trashed is Inclusion.ONLY:
        return int(Shelf.TRASH)
    if filter.trashed is Inclusion.INCLUDED or filter.archived is Inclusion.INCLUDED:
        return None
    return int(Shelf.ARCHIVE if filter.archived is Inclusion.ONLY else Shelf.LIBRARY)


def _span(filter: PhotoFilter, oldest_first: bool) -> tuple[PageKey, PageKey]:
    """Where the filter's times begin and end in the order of the index; the first bound is left out, the last kept."""
    first = None if filter.after is None else milliseconds(filter.after + timedelta(microseconds=999))
    last = None if filter.before is None else milliseconds(filter.before + timedelta(microseconds=999)) - 1
    if oldest_first:
        return (() if first is None else (first - 1, "~"), () if last is None else (last,))
    return (() if last is None else (last + 1, ""), () if first is None else (first,))
