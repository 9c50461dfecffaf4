"""Emptying the trash: when its owner says so, and every day of what has been there for too long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tintype.catalog.ports.photo import PageKey, PhotoRepository
from tintype.catalog.service.batching import TRASH, Batching, Report
from tintype.catalog.service.trashing import Trashing
from tintype.kit.clock import Clock
from tintype.kit.operations.domain import Operation, OperationKind
from tintype.kit.operations.service import Operations

PAGE: Final = 200
DUE: Final = "due"  # the arguments of an operation that deletes only what is due; without any it empties the trash
# One operation a day for each owner. The contract allows 64 characters, so nobody can send a request_id like this one.
DAILY: Final = "photos that have been in the trash for longer than it keeps them, on "


class Purging:
    """Deletes trashed photos for good, as operations that their owner can see and cancel."""

    def __init__(
        self, photos: PhotoRepository, trashing: Trashing, operations: Operations, clock: Clock, *, retention: timedelta
    ) -> None:
        self._photos = photos
        self._batching = Batching(photos)
        self._trashing = trashing
        self._operations = operations
        self._clock = clock
        self._retention = retention

    async def start_due(self) -> int:
        """Start the operation of the day for every owner with photos that are due; returns for how many."""
        now = self._clock.now()
        owners = await self._owners_due(now - self._retention)
        for owner_id in sorted(owners):
            await self._operations.start(
                owner_id=owner_id,
                kind=OperationKind.PURGE_TRASH,
                arguments=DUE,
                request_id=f"{DAILY}{now.date().isoformat()}",
            )
        return len(owners)

    async def purge(self, operation: Operation, *, report: Report, after: PageKey) -> Mapping[str, int]:
        """Do such an operation; what is restored meanwhile, or trashed only then, stays. Returns counts."""
        owner_id = operation.owner_id
        until = operation.create_time - (self._retention if operation.arguments == DUE else timedelta(0))
        return await self._batching.change_all(
            owner_id,
            filter=TRASH,
            wanted=lambda photo: photo.trash_time is not None and photo.trash_time <= until,
            change=lambda ids: self._trashing.batch_delete(owner_id=owner_id, photo_ids=ids, until=until),
            report=report,
            after=after,
        )

    async def _owners_due(self, until: datetime) -> set[str]:
        owners: set[str] = set()
        after: PageKey | None = ()
        while after is not None:
            page = await self._photos.page_trashed(until=until, limit=PAGE, after=after)
            owners |= {photo.owner_id for photo in page.photos}
            after = page.after
        return owners
