"""What upload cleans up: uploads that nobody completed, staged bytes that no record names, owners that are erased."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final, Generic, TypeVar

from tintype.blobs.ports import BlobNotFound, BlobStore, StagedBusy, claim_of, original_key
from tintype.kit.clock import Clock
from tintype.kit.errors import Conflict, Unavailable
from tintype.kit.ids import photo_id_of
from tintype.kit.operations.leases import Leases
from tintype.upload.domain import Upload, UploadState
from tintype.upload.ports import Accounts, Catalog, UploadNotFound, UploadRepository
from tintype.upload.service.uploads import UPLOAD_LIFETIME

P = TypeVar("P")

ENDED: Final = timedelta(hours=1)  # after it expired: no completion of it can still be under way
_BATCH: Final = 100


class Upkeep(Generic[P]):
    """The sweep S4 of upload, and its part of an erasure."""

    def __init__(
        self,
        *,
        uploads: UploadRepository,
        originals: BlobStore,
        catalog: Catalog[P],
        accounts: Accounts,
        leases: Leases,
        clock: Clock,
    ) -> None:
        self._uploads = uploads
        self._originals = originals
        self._catalog = catalog
        self._accounts = accounts
        self._leases = leases
        self._clock = clock

    async def sweep(self) -> int:
        """Drop expired uploads with what they left, and staged bytes older than any upload that no record names."""
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
        total, dropped = 0, _BATCH
        while dropped == _BATCH:  # where some could not be dropped, the next sweep goes on
            dropped = 0
            for upload in await self._uploads.expired(before=self._clock.now() - ENDED, limit=_BATCH):
                with suppress(Conflict, UploadNotFound):
                    await self._remove_unregistered(upload)
                    await self._originals.discard(upload.handle)
                    await self._uploads.remove(upload)
                    dropped += 1
            total += dropped
        return total

    async def _remove_unregistered(self, upload: Upload) -> None:
        """The object of an upload that ended between its promotion and its photo.

        Under a claim, which an upload of the same bytes waits for. A photo of any state keeps it, and so does another
        upload of the same bytes. Raises LeaseHeld, LeaseLost, Unavailable.
        """
        owner_id, sha256 = upload.owner_id, bytes.fromhex(upload.sha256)
        if upload.state is UploadState.COMPLETE or not sha256 or await self._is_sent_again(upload):
            return
        key = original_key(owner_id=owner_id, sha256=sha256)
        try:
            await self._originals.stat(key)
        except BlobNotFound:
            return
        async with self._leases.held(claim_of(key)) as claim:
            try:
                await self._catalog.photo(owner_id=owner_id, photo_id=photo_id_of(owner_id=owner_id, sha256=sha256))
            except UploadNotFound:
                await claim.confirm()
                try:
                    await self._originals.delete(key)
                except (asyncio.CancelledError, Unavailable):
                    claim.let_expire()  # the store may still delete, and must not meet what an upload puts there
                    raise

    async def _is_sent_again(self, upload: Upload) -> bool:
        live = await self._uploads.open_uploads(owner_id=upload.owner_id)
        same = [each for each in live if each.sha256 == upload.sha256]
        return any(each.expire_time > self._clock.now() for each in same)

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
