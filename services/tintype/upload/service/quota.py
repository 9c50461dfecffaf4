"""Whether there is room for a file: the quota is what photos and open uploads add up to."""

from __future__ import annotations

from typing import Generic, TypeVar

from tintype.upload.domain import Header
from tintype.upload.ports import Accounts, Catalog, UploadRepository
from tintype.upload.service.errors import AccountClosed, FileTooLarge, QuotaExceeded

P = TypeVar("P")


class Quota(Generic[P]):
    """Refuses what would be too much, before any byte is sent."""

    def __init__(
        self, *, accounts: Accounts, catalog: Catalog[P], uploads: UploadRepository, largest_file_bytes: int
    ) -> None:
        self._accounts = accounts
        self._catalog = catalog
        self._uploads = uploads
        self._largest_file_bytes = largest_file_bytes

    async def admit(self, *, owner_id: str, header: Header) -> None:
        """Raises FileTooLarge, QuotaExceeded, AccountClosed."""
        if header.size_bytes > self._largest_file_bytes:
            raise FileTooLarge(size_bytes=header.size_bytes, limit=self._largest_file_bytes)
        limits = await self._accounts.limits(owner_id)
        if limits.closed:
            raise AccountClosed
        if not limits.quota_bytes:
            return
        used = await self._catalog.used_bytes(owner_id)
        open_uploads = await self._uploads.open_uploads(owner_id=owner_id)
        used += sum(upload.header.size_bytes for upload in open_uploads)
        if used + header.size_bytes > limits.quota_bytes:
            raise QuotaExceeded(quota_bytes=limits.quota_bytes, used_bytes=used)
