"""Bytes become photos, within what their owner may store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tintype.catalog.domain.change import Registration, met_again, registered
from tintype.catalog.domain.hash_check import HashCheck, HashState
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import PhotoState
from tintype.catalog.ports.accounts import Accounts
from tintype.catalog.ports.photo import PhotoRepository, Usage
from tintype.catalog.ports.uploads import Uploads
from tintype.catalog.service.writing import PhotoWriter
from tintype.kit.clock import Clock
from tintype.kit.errors import FailedPrecondition, ResourceExhausted
from tintype.kit.ids import photo_id_of


class QuotaExceeded(ResourceExhausted):
    """The photos of the user would take more than the quota."""

    reason = "QUOTA_EXCEEDED"

    def __init__(self, *, quota_bytes: int, used_bytes: int) -> None:
        message = f"{used_bytes} of {quota_bytes} bytes are used"
        super().__init__(message, subject="quota_bytes", quota_bytes=str(quota_bytes), used_bytes=str(used_bytes))


class AccountClosed(FailedPrecondition):
    """The account is being erased and takes nothing in."""

    reason = "ACCOUNT_CLOSED"

    def __init__(self) -> None:
        super().__init__("the account takes nothing in")


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What an owner uses of what it may."""

    usage: Usage
    uploading_bytes: int
    quota_bytes: int
    time: datetime


class Registering:
    """Takes photos in."""

    def __init__(
        self, photos: PhotoRepository, writer: PhotoWriter, accounts: Accounts, uploads: Uploads, clock: Clock
    ) -> None:
        self._photos = photos
        self._writer = writer
        self._accounts = accounts
        self._uploads = uploads
        self._clock = clock

    async def register_photo(self, registration: Registration, *, upload_id: str = "") -> tuple[Photo, bool]:
        """Returns the photo, and whether it was there before. Registering twice is registering once.

        `upload_id` is the open upload whose bytes they are, if there is one: it counts as the photo now.

        Raises: QuotaExceeded, AccountClosed, Unavailable.
        """
        sha256 = bytes.fromhex(registration.file.sha256)
        photo_id = photo_id_of(owner_id=registration.owner_id, sha256=sha256)
        await self._check_quota(registration, photo_id, upload_id)
        return await self._writer.add_or_change(
            registered(registration, self._clock.now(), photo_id=photo_id),
            decide=lambda photo, now: met_again(photo, registration, now),
        )

    async def check_hashes(self, *, owner_id: str, sha256s: Sequence[str]) -> list[HashCheck]:
        """The hashes that are photos; those of deleted ones are absent, and of those whose file has to come again."""
        ids = {photo_id_of(owner_id=owner_id, sha256=bytes.fromhex(sha256)): sha256 for sha256 in sha256s}
        photos = await self._photos.load_many(owner_id=owner_id, photo_ids=list(ids))
        return [
            HashCheck(ids[photo.photo_id], photo.photo_id, _hash_state(photo))
            for photo in photos
            if photo.deletion is None and (photo.corrupt_time is None or photo.trash_time is not None)
        ]

    async def usage(self, owner_id: str) -> Usage:
        """What an owner's photos take."""
        return await self._photos.usage(owner_id)

    async def usage_report(self, owner_id: str) -> UsageReport:
        """What an owner uses of what it may."""
        limits = await self._accounts.limits(owner_id)
        uploading = await self._uploads.uploading_bytes(owner_id)
        return UsageReport(await self._photos.usage(owner_id), uploading, limits.quota_bytes, self._clock.now())

    async def _check_quota(self, registration: Registration, photo_id: str, upload_id: str) -> None:
        limits = await self._accounts.limits(registration.owner_id)
        if limits.closed:
            raise AccountClosed
        if limits.quota_bytes == 0:
            return
        owner_id = registration.owner_id
        there = await self._photos.load_many(owner_id=owner_id, photo_ids=[photo_id])
        if there and there[0].deletion is None:
            return
        used = (await self._photos.usage(owner_id)).used_bytes
        used += await self._uploads.uploading_bytes(owner_id, except_upload_id=upload_id)
        if used + registration.file.size_bytes > limits.quota_bytes:
            raise QuotaExceeded(quota_bytes=limits.quota_bytes, used_bytes=used)


def _hash_state(photo: Photo) -> HashState:
    if photo.trash_time is not None:
        return HashState.TRASHED
    return HashState.FAILED if photo.state is PhotoState.FAILED else HashState.PRESENT
