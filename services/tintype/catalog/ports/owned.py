"""What everything that holds rows or files of owners can do, so that an owner can be erased."""

from __future__ import annotations

from typing import Protocol


class Owned(Protocol):
    """A store whose content belongs to owners."""

    async def remove_owner(self, owner_id: str) -> int:
        """Take away everything of an owner; returns how much it was."""

    async def count_owner(self, owner_id: str) -> int:
        """How much of an owner is left."""
