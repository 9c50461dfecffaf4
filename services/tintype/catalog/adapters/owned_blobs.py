"""The blobs of an owner, to be erased with it."""

from __future__ import annotations

from tintype.blobs.ports import BlobStore


class OwnedBlobs:
    """Owned over a blob store."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def remove_owner(self, owner_id: str) -> int:
        """See `Owned`."""
        return await self._blobs.delete_prefix(f"{owner_id}/")

    async def count_owner(self, owner_id: str) -> int:
        """See `Owned`."""
        return await self._blobs.count(f"{owner_id}/")
