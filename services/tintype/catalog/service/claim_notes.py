"""Which originals somebody claimed to delete them, so that photos committed soon after are looked at once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tintype.catalog.domain.photo import Photo
from tintype.kit.clock import Clock
from tintype.kit.operations.domain import Lease
from tintype.kit.operations.ports import LeaseHeld, LeaseRepository

WATCHED: Final = timedelta(hours=1)  # a photo of the same bytes may be committed that long after a claim
PREFIX: Final = "claimed:"
HOLDER: Final = "catalog"


@dataclass(frozen=True, slots=True)
class ClaimNote:
    """A photo whose original was claimed an hour ago."""

    owner_id: str
    photo_id: str
    lease: Lease


class ClaimNotes:
    """Kept as leases that nobody waits for: they expire when it is time to look."""

    def __init__(self, leases: LeaseRepository, clock: Clock) -> None:
        self._leases = leases
        self._clock = clock

    async def note(self, photo: Photo) -> None:
        """Its original is about to be claimed; a note that is there begins anew."""
        name, now = f"{PREFIX}{photo.owner_id}/{photo.photo_id}", self._clock.now()
        try:
            await self._leases.acquire(name, holder=HOLDER, now=now, ttl=WATCHED)
        except LeaseHeld:
            await self._leases.renew(Lease(name, HOLDER, now, 0), now=now, ttl=WATCHED)

    async def due(self, *, limit: int) -> Sequence[ClaimNote]:
        """Some of those that are an hour old."""
        expired = await self._leases.expired(PREFIX, before=self._clock.now(), limit=limit)
        keys = ((lease, lease.name.removeprefix(PREFIX).rpartition("/")) for lease in expired)
        return [ClaimNote(owner_id, photo_id, lease) for lease, (owner_id, _, photo_id) in keys]

    async def drop(self, note: ClaimNote) -> None:
        """It was looked at."""
        await self._leases.release(note.lease)
