"""What the catalog asks of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class UserLimits:
    """What a user may store; 0 bytes mean no limit. A closed account takes nothing in."""

    quota_bytes: int
    closed: bool = False


class Accounts(Protocol):
    """The service that owns users. Every method may raise Unavailable."""

    async def limits(self, user_id: str) -> UserLimits:
        """The limits of a user. Raises NotFound."""

    def close(self, user_id: str) -> None:
        """This process was told that the user is being erased: from now on `limits` says closed."""

    async def report_erased(self, *, operation_id: str, user_id: str, left: Mapping[str, int]) -> None:
        """Tell an erasure what is left of a user, by store; reporting twice is reporting once."""
