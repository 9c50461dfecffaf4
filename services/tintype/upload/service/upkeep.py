"""What upload cleans up: uploads that nobody completed, staged bytes that no record names, owners that are erased."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from tintype.blobs.ports import BlobStore, StagedBusy
from tintype.kit.clock import Clock
from tintype.upload.ports import Accounts, UploadConflict, UploadNotFound, UploadRepository
from tintype.upload.service.uploads import UPLOAD_LIFETIME

_BATCH: Final = 100


class Upkeep:
    """The sweep S4 of upload, and its part of an erasure."""

    def __init__(self, *, uploads: UploadRepository, originals: BlobStore, accounts: Accounts, clock: Clock) -> None:
        self._uploads = uploads
        self._originals = originals
        self._accounts = accounts
        self._clock = clock

    async def sweep(self) -> int:
        """Drop expired uploads, and staged bytes older than any upload may be that no record names."""
        return await self._sweep_expired() + await self._sweep_staged()

    async def erase(self, *, owner_id: str, operation_id: str) -> Mapping[str, int]:
        """Remove everything of an owner, and report what is left; doing it again is no error."""
        for upload in await self._uploads.remove_owner(owner_id):
            with suppress(StagedBusy):  # the writer finds no upload any more; the sweep takes its bytes
                await self._originals.discard(upload.handle)
        left = {"uploads": await self._uploads.count_owner(owner_id)}
        await self._accounts.report_erased(operation_id=operation_id, owner_id=owner_id, left=left)
        return left

    async def _sweep_expired(self) -> int:
        dropped = 0
        while expired := await self._uploads.expired(before=self._clock.now(), limit=_BATCH):
            for upload in expired:
                with suppress(StagedBusy, UploadConflict, UploadNotFound):
                    await self._originals.discard(upload.handle)
                    await self._uploads.remove(upload)
                    dropped += 1
            if len(expired) < _BATCH:
                break
        return dropped

    async def _sweep_staged(self) -> int:
        oldest = self._clock.now() - UPLOAD_LIFETIME
        stale = [staged.handle async for staged in self._originals.list_staged() if staged.modify_time < oldest]
        if not stale:
            return 0
        dropped = 0
        named = await self._uploads.handles()
        for handle in set(stale) - named:
            with suppress(StagedBusy):
                await self._originals.discard(handle)
                dropped += 1
        return dropped
