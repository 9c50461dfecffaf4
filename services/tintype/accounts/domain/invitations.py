"""Invitations: a code with which one account can be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tintype.accounts.domain import secrets


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation, without its code. Its id is the hash of the code, so that a code finds it."""

    invitation_id: str
    created_by: str
    create_time: datetime
    expire_time: datetime
    revision: int = 1

    @classmethod
    def made(cls, *, created_by: str, now: datetime, lifetime: timedelta) -> tuple[Invitation, str]:
        """An invitation and its code, which is shown once."""
        code = secrets.new_secret()
        return cls(secrets.secret_hash(code), created_by, now, now + lifetime), code

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return now >= self.expire_time
