"""The content of deleted photos goes: results, original, derived pictures. Each step may be the last before a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from tintype.blobs.ports import BlobStore, claim_of, original_key
from tintype.catalog.domain.change import content_removed
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.photo import PageKey, PhotoNotFound, PhotoRepository
from tintype.catalog.ports.result import ResultRepository
from tintype.catalog.service.claim_notes import ClaimNotes
from tintype.catalog.service.writing import PhotoWriter
from tintype.kit.clock import Clock
from tintype.kit.errors import Conflict, Unavailable
from tintype.kit.operations.leases import Leases
from tintype.kit.steps import Step, no_step

PAGE: Final = 200
FRESH: Final = timedelta(minutes=1)  # whoever deleted it just now removes its content


class Removing:
    """Removes what tombstones say is to be removed, never because something else is absent."""

    def __init__(
        self,
        *,
        photos: PhotoRepository,
        results: ResultRepository,
        originals: BlobStore,
        derived: BlobStore,
        writer: PhotoWriter,
        leases: Leases,
        notes: ClaimNotes,
        clock: Clock,
        retention: timedelta,
        step: Step = no_step,
    ) -> None:
        self._photos = photos
        self._results = results
        self._originals = originals
        self._derived = derived
        self._writer = writer
        self._leases = leases
        self._notes = notes
        self._clock = clock
        self._retention = retention
        self._step = step

    async def remove_content(self, tombstone: Photo) -> None:
        """Remove everything of a deleted photo and note that on its tombstone.

        Raises: LeaseHeld, LeaseLost while somebody uploads the same bytes; Unavailable.
        """
        await self._step("delete/results")
        if await self._remove_stored(tombstone):
            await self._step("delete/note")
            await self._writer.change(
                owner_id=tombstone.owner_id, photo_id=tombstone.photo_id, decide=content_removed, tombstones=True
            )
        await self._step("delete/done")

    async def sweep(self) -> int:
        """Finish what deleting left, then forget tombstones that outlived the stream. Sweep S4 of the catalog."""
        now = self._clock.now()
        unfinished = await self._each_tombstone(now - FRESH, content_left=True, do=self.remove_content)
        return unfinished + await self._each_tombstone(now - self._retention, content_left=False, do=self._forget)

    async def _remove_stored(self, tombstone: Photo) -> bool:
        """Under a claim, which an upload of the same bytes waits for; returns False if the photo lives again.

        Its results are listed before anybody looks whether it lives, and its pictures go first: what a photo that comes
        back meanwhile gets is not among them.
        """
        owner_id, photo_id = tombstone.owner_id, tombstone.photo_id
        key = original_key(owner_id=owner_id, sha256=bytes.fromhex(tombstone.file.sha256))
        await self._notes.note(tombstone)
        async with self._leases.held(claim_of(key)) as claim:
            results = await self._results.load_photo(owner_id=owner_id, photo_id=photo_id)
            photos = await self._photos.load_many(owner_id=owner_id, photo_ids=[photo_id])
            if any(photo.deletion is None for photo in photos):
                return False
            await claim.confirm()
            try:
                await self._step("delete/derived")
                await self._derived.delete_prefix(f"{key}/")
                await self._step("delete/original")
                await claim.confirm()  # the pictures may have taken any time
                await self._originals.delete(key)
            except (asyncio.CancelledError, Unavailable):
                claim.let_expire()  # the store may still delete, and must not meet what an upload puts there
                raise
            await self._step("delete/blobs")
            await self._results.remove_many(owner_id, [result.key for result in results])
        return True

    async def _forget(self, tombstone: Photo) -> None:
        """Once more for what a late worker wrote, then without a trace."""
        if await self._remove_stored(tombstone):
            await self._photos.remove(tombstone)

    async def _each_tombstone(
        self, until: datetime, *, content_left: bool, do: Callable[[Photo], Awaitable[None]]
    ) -> int:
        """Returns how many were done; those that somebody else works on wait for the next sweep."""
        done = 0
        after: PageKey = ()
        while True:
            page = await self._photos.page_tombstones(until=until, content_left=content_left, limit=PAGE, after=after)
            for tombstone in page.photos:
                with suppress(Conflict, PhotoNotFound):
                    await do(tombstone)
                    done += 1
            if page.after is None:
                return done
            after = page.after
