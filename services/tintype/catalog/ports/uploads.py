"""What the catalog asks of upload."""

from __future__ import annotations

from typing import Protocol


class Uploads(Protocol):
    """The service that owns uploads."""

    async def uploading_bytes(self, owner_id: str, *, except_upload_id: str = "") -> int:
        """The declared size of an owner's uploads under way, but for one that is becoming a photo.

        Raises Unavailable: a guess would let in too much, or refuse what there is room for.
        """
