"""Where a client has to begin to watch."""

from __future__ import annotations

from typing import Protocol

from tintype.kit.errors import InvalidInput


class CursorInvalid(InvalidInput):
    """The cursor is damaged, or was made for another user."""

    reason = "CURSOR_INVALID"

    def __init__(self) -> None:
        super().__init__("the cursor is damaged, or was made for another user")


class Cursors(Protocol):
    """Signs positions of the stream of facts for one owner."""

    async def now(self, owner_id: str) -> str:
        """The cursor behind the newest fact. May raise Unavailable."""

    def at(self, owner_id: str, *, epoch: str, sequence: int) -> str:
        """The cursor behind a fact."""

    def open(self, owner_id: str, cursor: str) -> tuple[str, int]:
        """Epoch and sequence of a cursor. Raises CursorInvalid if it was not made here for this owner."""
