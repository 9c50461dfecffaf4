"""People with a library."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum


class Role(Enum):
    """What a user may do."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"


class UserState(Enum):
    """Whether a user may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"
    ERASING = "erasing"


class SignUpMode(Enum):
    """Who may make an account once there is a first user."""

    OPEN = "open"
    INVITATION = "invitation"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class User:
    """A person with a library.

    `pseudonym` stands for the user in the audit log, so that the log need not change when the user is erased.
    `founder` marks the first user of the installation; there is at most one. `quota_bytes` 0 means no limit.
    """

    user_id: str
    user_name: str
    display_name: str
    role: Role
    state: UserState
    quota_bytes: int
    password_hash: str
    pseudonym: str
    create_time: datetime
    founder: bool = False
    last_sign_in_time: datetime | None = None
    revision: int = 1

    @property
    def etag(self) -> str:
        """Covers what can be edited; a sign-in does not change it."""
        edited = "\0".join((self.user_id, self.display_name, self.role.value, self.state.value, str(self.quota_bytes)))
        return f'"{hashlib.sha256(edited.encode()).hexdigest()[:16]}"'

    @property
    def can_sign_in(self) -> bool:
        """Neither disabled nor being erased."""
        return self.state is UserState.ACTIVE

    @property
    def administers(self) -> bool:
        """Counts as one of those of whom one must be left."""
        return self.role is Role.ADMINISTRATOR and self.state is UserState.ACTIVE

    def signed_in(self, time: datetime) -> User:
        """Remembers when."""
        return replace(self, last_sign_in_time=time)

    def with_password(self, password_hash: str) -> User:
        """The same user with another password."""
        return replace(self, password_hash=password_hash)

    def erasing(self) -> User:
        """The user from the moment that the erasure is asked for: nobody can sign in any more."""
        return replace(self, state=UserState.ERASING, password_hash="")

    def edited(
        self,
        *,
        display_name: str | None = None,
        role: Role | None = None,
        state: UserState | None = None,
        quota_bytes: int | None = None,
    ) -> User:
        """A copy with the values that are given."""
        return replace(
            self,
            display_name=self.display_name if display_name is None else display_name,
            role=role or self.role,
            state=state or self.state,
            quota_bytes=self.quota_bytes if quota_bytes is None else quota_bytes,
        )


_NAME = re.compile(r"[a-z0-9._@-]{1,64}")


def normal_user_name(user_name: str) -> str:
    """The form in which names are kept and compared; empty if it can be no name."""
    lowered = user_name.lower()
    return lowered if _NAME.fullmatch(lowered) else ""
