"""How every use case changes a photo: load, decide, replace, and again if somebody else was faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tintype.catalog.domain.change import Change
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.photo import PhotoConflict, PhotoExists, PhotoNotFound, PhotoRepository
from tintype.kit.clock import Clock
from tintype.kit.errors import Conflict
from tintype.kit.turns import Turns, tried

Decide = Callable[[Photo, datetime], Change]


class EtagMismatch(Conflict):
    """Somebody edited the photo or album since the caller loaded it."""

    reason = "ETAG_MISMATCH"

    def __init__(self, etag: str) -> None:
        super().__init__("it was edited since it was loaded", etag=etag)


class PhotoWriter:
    """Writers of one photo take turns in a process; between processes the revision decides."""

    def __init__(self, photos: PhotoRepository, clock: Clock) -> None:
        self._photos = photos
        self._clock = clock
        self._turns = Turns()

    async def change(
        self,
        *,
        owner_id: str,
        photo_id: str,
        decide: Decide,
        etag: str = "",
        tombstones: bool = False,
        known: Photo | None = None,
    ) -> Photo:
        """Store what `decide` makes of the photo, if that is another one, and return it.

        Args:
            owner_id: the owner.
            photo_id: the photo.
            decide: may be asked again, of a newer photo.
            etag: what the caller knows; empty changes it whatever it is now.
            tombstones: decide about a deleted photo too, which else does not exist.
            known: the photo as the caller has just loaded it, which saves the first load.

        Raises: PhotoNotFound; EtagMismatch; PhotoConflict after five tries; what `decide` raises.
        """

        loaded = [known] if known is not None else []

        async def attempt() -> Photo:
            photo = loaded.pop() if loaded else await self._photos.load(owner_id=owner_id, photo_id=photo_id)
            if not tombstones:
                photo = living(photo)
            if etag and etag != photo.etag:
                raise EtagMismatch(photo.etag)
            return await self._store(photo, decide)

        async with self._turns.of((owner_id, photo_id)):
            return await tried(attempt, overtaken=PhotoConflict)

    async def add_or_change(self, change: Change, *, decide: Decide) -> tuple[Photo, bool]:
        """Add a new photo, or change the one that has its id; returns whether it was there before."""
        new = change.photo

        async def attempt() -> tuple[Photo, bool]:
            found = await self._photos.load_many(owner_id=new.owner_id, photo_ids=[new.photo_id])
            if found:
                return await self._store(found[0], decide), True
            try:
                await self._photos.add(new, facts=change.facts)
            except PhotoExists as error:  # another process added it since
                raise PhotoConflict(new.photo_id) from error
            return new, False

        async with self._turns.of((new.owner_id, new.photo_id)):
            return await tried(attempt)

    async def _store(self, photo: Photo, decide: Decide) -> Photo:
        now = self._clock.now()
        change = decide(photo, now)
        if not change.facts:
            return photo
        return await self._photos.replace(replace(change.photo, change_time=now), facts=change.facts)


def living(photo: Photo) -> Photo:
    """The photo, unless it is deleted. Raises PhotoNotFound."""
    if photo.deletion is not None:
        raise PhotoNotFound(photo.photo_id)
    return photo
