"""What repositories of photos do alike in every database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tintype.catalog.adapters.photo_keys import Shelf
from tintype.catalog.adapters.photo_pages import as_page, matching, must_tell
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import PhotoFilter, PhotoOrder
from tintype.catalog.ports.photo import PageKey, PhotoPage
from tintype.kit.instants import milliseconds
from tintype.kit.outbox import Outbox
from tintype.kit.store.aggregate_shape import EVERYTHING, OWNED
from tintype.kit.store.aggregates import Aggregates


class StoredPhotos:
    """PhotoRepository, but for albums and what is counted, which each database has a way of its own to answer."""

    def __init__(self, photos: Aggregates[Photo, PhotoFact]) -> None:
        self._photos = photos

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
            return as_page(await self._photos.page(OWNED, owner_id, limit=limit, after=after))
        return as_page(await self._photos.page(EVERYTHING, limit=limit, after=after))

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

    async def count_owner(self, owner_id: str) -> int:
        """See `PhotoRepository`."""
        return await self._photos.count(OWNED, owner_id)

    async def _parted(self, shelf: Shelf, content_left: bool, until: datetime, limit: int, after: PageKey) -> PhotoPage:
        page = await self._photos.page(
            "parted", int(shelf), int(content_left), limit=limit, after=after, until=(milliseconds(until),)
        )
        return as_page(page)
