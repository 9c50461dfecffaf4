"""Where a client has to begin to watch."""

from __future__ import annotations

from typing import Protocol


class Cursors(Protocol):
    """Signs positions of the stream of facts for one owner."""

    async def now(self, owner_id: str) -> str:
        """The cursor behind the newest fact. May raise Unavailable."""
