"""Whether there is room for a file: the quota is what photos and open uploads add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from tintype.upload.domain import Header
from tintype.upload.ports import Accounts, Catalog, UploadRepository
from tintype.upload.service.errors import AccountClosed, FileTooLarge, QuotaExceeded

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Open uploads of an owner, by their declared sizes."""

    uploads: int
    size_bytes: int


class Quota(Generic[P]):
    """Refuses what would be too much, before any byte is sent."""

    def __init__(
        self, *, accounts: Accounts, catalog: Catalog[P], uploads: UploadRepository, largest_file_bytes: int
    ) -> None:
        self._accounts = accounts
        self._catalog = catalog
        self._uploads = uploads
        self._largest_file_bytes = largest_file_bytes

    async def under_way(self, *, owner_id: str, except_upload_id: str = "") -> UnderWay:
        """What the open uploads of an owner will take; one that is becoming a photo may be left out."""
        open_uploads = await self._uploads.open_uploads(owner_id=owner_id)
        counted = [upload.header.size_bytes for upload in open_uploads if upload.upload_id != except_upload_id]
        return UnderWay(uploads=len(counted), size_bytes=sum(counted))

    async def admit(self, *, owner_id: str, header: Header, upload_id: str = "") -> None:
        """An upload that begins anew counts once. Raises FileTooLarge, QuotaExceeded, AccountClosed."""
        if header.size_bytes > self._largest_file_bytes:
            raise FileTooLarge(size_bytes=header.size_bytes, limit=self._largest_file_bytes)
        limits = await self._accounts.limits(owner_id)
        if limits.closed:
            raise AccountClosed
        if not limits.quota_bytes:
            return
        used = await self._catalog.used_bytes(owner_id)
        used += (await self.under_way(owner_id=owner_id, except_upload_id=upload_id)).size_bytes
        if used + header.size_bytes > limits.quota_bytes:
            raise QuotaExceeded(quota_bytes=limits.quota_bytes, used_bytes=used)
