"""What accounts tells the other services."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserDeleted:
    """A user is being erased: remove everything of the user and report it to the operation."""

    user_id: str
    operation_id: str
