"""What the catalog repairs by looking: lost requests, missing files, results that nobody names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from tintype.blobs.ports import PREVIEW, THUMBNAIL, BlobNotFound, BlobStore, derived_key, original_key
from tintype.catalog.domain.analysing import asked_again, asked_once_more, by_priority
from tintype.catalog.domain.change import Change, found_corrupt, found_well, unchanged
from tintype.catalog.domain.fact import Priority
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import ResultKey
from tintype.catalog.domain.stage import Stage, StageState
from tintype.catalog.ports.photo import PageKey, PhotoNotFound, PhotoRepository
from tintype.catalog.ports.queue import AnalysisQueue
from tintype.catalog.ports.result import ResultRepository
from tintype.catalog.service.claim_notes import ClaimNotes
from tintype.catalog.service.reading import in_force
from tintype.catalog.service.writing import PhotoWriter
from tintype.kit.clock import Clock
from tintype.kit.errors import Conflict

PAGE: Final = 200
# A job is written a moment after its stage was asked for, so it may look younger than it is.
JOB_AGE_MARGIN: Final = timedelta(minutes=1)


class Sweeping:
    """The sweeps S2, S5 and S8."""

    def __init__(
        self,
        *,
        photos: PhotoRepository,
        results: ResultRepository,
        originals: BlobStore,
        derived: BlobStore,
        queue: AnalysisQueue,
        notes: ClaimNotes,
        writer: PhotoWriter,
        clock: Clock,
        lost_after: timedelta,
        orphaned_after: timedelta,
    ) -> None:
        self._photos = photos
        self._results = results
        self._originals = originals
        self._derived = derived
        self._queue = queue
        self._notes = notes
        self._writer = writer
        self._clock = clock
        self._lost_after = lost_after
        self._orphaned_after = orphaned_after

    async def ask_once_more(self) -> int:
        """S2: ask again for stages that wait although no worker has their job; returns of how many photos."""
        until = self._clock.now() - self._lost_after
        oldest = {priority: await self._queue.oldest_waiting(priority) for priority in Priority}
        asked = 0
        async for photo in self._pending(until):
            with suppress(Conflict, PhotoNotFound):
                after = await self._writer.change(
                    owner_id=photo.owner_id,
                    photo_id=photo.photo_id,
                    decide=lambda photo, now: asked_once_more(photo, _lost(photo, until, oldest), now),
                )
                asked += after.revision > photo.revision
        return asked

    async def check_originals(self) -> int:
        """S5: mark photos whose file is missing, short or another; unmark whole ones again; returns of how many."""
        return sum([await self._check_original(photo) async for photo in self._living()])

    async def check_derived(self) -> int:
        """S5 for thumbnails and previews: ask for those that are missing to be made again; returns of how many photos.

        They can be made from the original at any time, so nothing that takes them away by mistake is a loss.
        """
        asked = 0
        async for photo in self._living():
            status = photo.status(Stage.DERIVE)
            if status is not None and status.state is StageState.DONE and not await self._has_derived(photo):
                with suppress(Conflict, PhotoNotFound):
                    await self._writer.change(
                        owner_id=photo.owner_id, photo_id=photo.photo_id, decide=_derive_again, tombstones=True
                    )
                    asked += 1
        return asked

    async def check_claimed(self) -> int:
        """S5 for photos committed within an hour of a claim: a deleter that slept may have taken their file."""
        marked = 0
        while notes := await self._notes.due(limit=PAGE):
            for note in notes:
                found = await self._photos.load_many(owner_id=note.owner_id, photo_ids=[note.photo_id])
                for photo in found:
                    if photo.deletion is None:
                        marked += await self._check_original(photo)
                await self._notes.drop(note)
        return marked

    async def remove_orphans(self) -> int:
        """S8: remove records that no photo names, once no late replace can name them any more; returns how many."""
        until = self._clock.now() - self._orphaned_after
        removed = 0
        last: tuple[str, ResultKey] | None = None
        while keys := await self._results.page_keys(until=until, limit=PAGE, after=last):
            for (owner_id, photo_id), group in groupby(keys, key=lambda each: (each[0], each[1].photo_id)):
                found = await self._photos.load_many(owner_id=owner_id, photo_ids=[photo_id])
                named = {key for photo in found for key in in_force(photo)}
                orphans = [key for _, key in group if key not in named]
                if orphans:
                    removed += await self._results.remove_many(owner_id, orphans)
            last = keys[-1]
        return removed

    async def _check_original(self, photo: Photo) -> bool:
        whole = await self._is_whole(photo)
        if whole == (photo.corrupt_time is None):
            return False

        def decide(photo: Photo, now: datetime) -> Change:
            if photo.deletion is not None:
                return unchanged(photo)
            return found_well(photo) if whole else found_corrupt(photo, now)

        with suppress(Conflict, PhotoNotFound):
            await self._writer.change(owner_id=photo.owner_id, photo_id=photo.photo_id, decide=decide, tombstones=True)
        return True

    async def _is_whole(self, photo: Photo) -> bool:
        """By length, and by its checksum where the store keeps one: nothing is read back."""
        sha256 = bytes.fromhex(photo.file.sha256)
        try:
            found = await self._originals.stat(original_key(owner_id=photo.owner_id, sha256=sha256))
        except BlobNotFound:
            return False
        return found.size_bytes == photo.file.size_bytes and found.sha256 in (None, sha256)

    async def _has_derived(self, photo: Photo) -> bool:
        sha256 = bytes.fromhex(photo.file.sha256)
        try:
            for variant in (THUMBNAIL, PREVIEW):
                await self._derived.stat(derived_key(owner_id=photo.owner_id, sha256=sha256, variant=variant))
        except BlobNotFound:
            return False
        return True

    async def _living(self) -> AsyncIterator[Photo]:
        """Every photo that is not deleted."""
        after: PageKey | None = ()
        while after is not None:
            page = await self._photos.page_all(limit=PAGE, after=after)
            for photo in page.photos:
                if photo.deletion is None:
                    yield photo
            after = page.after

    async def _pending(self, until: datetime) -> AsyncIterator[Photo]:
        after: PageKey | None = ()
        while after is not None:
            page = await self._photos.page_pending(until=until, limit=PAGE, after=after)
            for photo in page.photos:
                yield photo
            after = page.after


def _derive_again(photo: Photo, now: datetime) -> Change:
    if photo.deletion is not None:
        return unchanged(photo)
    return asked_again(photo, [Stage.DERIVE], now, priority=Priority.BACKLOG)


def _lost(photo: Photo, until: datetime, oldest: dict[Priority, datetime | None]) -> Collection[Stage]:
    """Stages asked for before `until`, of whose queue everything that old is done."""
    requested = {
        status.stage: status.request_time
        for status in photo.stages
        if status.state is StageState.PENDING and status.request_time <= until
    }
    return [
        stage
        for priority, stages in by_priority(photo, requested)
        for stage in stages
        if not _may_wait(oldest[priority], requested[stage])
    ]


def _may_wait(oldest: datetime | None, request_time: datetime) -> bool:
    return oldest is not None and oldest <= request_time + JOB_AGE_MARGIN
