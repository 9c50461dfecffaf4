"""Pages of photos over the indexes that every store has by these names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from tintype.catalog.adapters.photo_keys import Shelf
from tintype.catalog.domain.fact import PhotoChanged, PhotoDeleted, PhotoFact, PhotoRegistered
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import Inclusion, PhotoFilter, PhotoOrder
from tintype.catalog.domain.tag import tag_key
from tintype.catalog.ports.photo import PageKey, PhotoPage, UntoldChange
from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import Key
from tintype.kit.store.aggregates import Page

SCANNED: Final = 2_000  # photos that one call looks at, so that a filter that matches little does not hold a reader
BATCH: Final = 500

_TELLING: Final = (PhotoRegistered, PhotoChanged, PhotoDeleted)


class Paged(Protocol):
    """Photos by the name of an index; see `SqliteAggregates.page`."""

    async def page(
        self,
        index: str,
        *equal: Key,
        limit: int,
        after: Sequence[Key] = (),
        until: Sequence[Key] = (),
        descending: bool = False,
    ) -> Page[Photo]:
        """At most `limit` in the order of the index."""


def must_tell(photo: Photo, facts: Sequence[PhotoFact]) -> None:
    """Raises UntoldChange unless one of the facts lets the index hear of the revision."""
    if not any(isinstance(fact, _TELLING) for fact in facts):
        raise UntoldChange("a change of a photo must be told", photo_id=photo.photo_id)


async def matching(
    photos: Paged,
    owner_id: str,
    *,
    filter: PhotoFilter,
    order: PhotoOrder,
    oldest_first: bool,
    limit: int,
    after: PageKey,
) -> PhotoPage:
    """See `PhotoRepository.page`. An index narrows down what is looked at, the filter decides."""
    index, equal = _index(owner_id, filter, order)
    by_capture = order is PhotoOrder.CAPTURE_TIME
    begin, end = _span(filter, oldest_first) if by_capture else ((), ())
    found: list[Photo] = []
    position: Sequence[Key] | None = after or begin
    size, scanned = limit + 1, 0  # one more than is wanted tells whether this is the last page
    while position is not None and len(found) < limit and scanned < SCANNED:
        page = await photos.page(index, *equal, limit=size, after=position, until=end, descending=not oldest_first)
        for photo in page.items:
            if len(found) == limit:
                return PhotoPage(found, _key_of(found[-1], order))
            if filter.matches(photo):
                found.append(photo)
        position, size, scanned = page.after, BATCH, scanned + len(page.items)
    return PhotoPage(found, None if position is None else plain(position))


def as_page(page: Page[Photo]) -> PhotoPage:
    """A page of a store as the port has it."""
    return PhotoPage(page.items, None if page.after is None else plain(page.after))


def plain(keys: Sequence[Key]) -> PageKey:
    """The position of a store as the ports have it."""
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
