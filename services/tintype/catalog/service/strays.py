"""Pictures made of photos that are gone: what a worker wrote late, and died before it could be told so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from tintype.blobs.ports import BlobStore, claim_of, key_parts, original_key
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.photo import PhotoRepository
from tintype.kit.clock import Clock
from tintype.kit.errors import Conflict, Unavailable
from tintype.kit.ids import photo_id_of
from tintype.kit.log import log_of
from tintype.kit.operations.leases import Leases

PAGE: Final = 200
MOST: Final = 1_000  # photos; a crash leaves those of a few jobs, so that more are of another catalog, or of a lost one

_log: Final = log_of(__name__)


class Strays:
    """Sweep S4 for thumbnails and previews of which no record says that they are to go.

    The worker that wrote them knew of the photo, the deletion or erasure that looked before it did is over, and the job
    may be purged with its owner: nobody is left who knows the key. Only here is absence reason enough to remove
    something, because these can be made again from the original, and S5 has that done if this was a mistake.
    """

    def __init__(
        self,
        *,
        photos: PhotoRepository,
        derived: BlobStore,
        leases: Leases,
        clock: Clock,
        strays_after: timedelta,
        most: int = MOST,
    ) -> None:
        self._photos = photos
        self._derived = derived
        self._leases = leases
        self._clock = clock
        self._strays_after = strays_after
        self._most = most

    async def remove(self) -> int:
        """Returns of how many photos. Where there are too many it removes none and gives the alarm."""
        found: list[tuple[str, bytes]] = []
        async for owner_id, hashes in self._pages(self._clock.now() - self._strays_after):
            found += [(owner_id, sha256) for sha256 in await self._unknown(owner_id, hashes)]
            if len(found) > self._most:
                _log.error("stray_pictures_alarm", photos=len(found))
                return 0
        removed = 0
        for owner_id, sha256 in found:
            with suppress(Conflict):  # whoever uploads it, or deletes it, has it; the next sweep looks again
                removed += await self._remove(owner_id, sha256)
        return removed

    async def _remove(self, owner_id: str, sha256: bytes) -> bool:
        """Under the claim that an upload of the same bytes waits for; False if the photo lives again."""
        key = original_key(owner_id=owner_id, sha256=sha256)
        async with self._leases.held(claim_of(key)) as claim:
            if not await self._unknown(owner_id, [sha256]):
                return False
            await claim.confirm()
            try:
                await self._derived.delete_prefix(f"{key}/")
            except (asyncio.CancelledError, Unavailable):
                claim.let_expire()  # the store may still delete, and must not meet what is made for an upload
                raise
        return True

    async def _unknown(self, owner_id: str, hashes: Sequence[bytes]) -> list[bytes]:
        """Those of no photo, or of one whose content was removed; what is still to be removed has its own sweep."""
        by_id = {photo_id_of(owner_id=owner_id, sha256=sha256): sha256 for sha256 in hashes}
        found = await self._photos.load_many(owner_id=owner_id, photo_ids=list(by_id))
        known = {photo.photo_id for photo in found if not _is_over(photo)}
        return [sha256 for photo_id, sha256 in by_id.items() if photo_id not in known]

    async def _pages(self, until: datetime) -> AsyncIterator[tuple[str, list[bytes]]]:
        """Owners and hashes of all pictures that are older, some of one owner at a time."""
        owner_id, hashes, last = "", list[bytes](), ("", b"")
        async for stat in self._derived.list():
            parts = key_parts(stat.key)
            original = (parts.owner_id, parts.sha256)
            if hashes and (parts.owner_id != owner_id or len(hashes) >= PAGE):
                yield owner_id, hashes
                hashes = []
            if stat.modify_time < until and original != last:
                owner_id, last = parts.owner_id, original
                hashes.append(parts.sha256)
        if hashes:
            yield owner_id, hashes


def _is_over(photo: Photo) -> bool:
    """Its content was removed; what lies there came later."""
    return photo.deletion is not None and photo.deletion.content_removed_time is not None
