"""Sessions: a family of refresh tokens of which one works.

A refresh token names its session and holds two secrets. The first is the same in every token of the family, the second
is new in each. A token with the right first and a wrong second one was used before: somebody copied it, so the whole
session ends. A token with a wrong first secret was never ours and proves nothing, so nobody can end the session of
another by guessing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from tintype.accounts.domain import secrets


class Presented(Enum):
    """What a refresh token turned out to be."""

    CURRENT = "current"
    REPLAYED = "replayed"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token in parts."""

    user_id: str
    session_id: str
    family: str
    secret: str

    def __str__(self) -> str:
        return ".".join((self.user_id, self.session_id, self.family, self.secret))

    def __repr__(self) -> str:
        return f"RefreshToken({self.session_id})"

    @classmethod
    def parsed(cls, text: str) -> RefreshToken | None:
        """None if it cannot be one."""
        parts = text.split(".")
        return cls(*parts) if len(parts) == 4 and all(parts) else None


@dataclass(frozen=True, slots=True)
class Session:
    """A client that a user signed in with. `token_hash` is that of the one refresh token that works."""

    session_id: str
    user_id: str
    client: str
    create_time: datetime
    last_use_time: datetime
    expire_time: datetime
    family_hash: str
    token_hash: str
    revision: int = 1

    @classmethod
    def begun(
        cls, *, session_id: str, user_id: str, client: str, now: datetime, lifetime: timedelta
    ) -> tuple[Session, RefreshToken]:
        """A new session and its first refresh token."""
        token = RefreshToken(user_id, session_id, secrets.new_secret(), secrets.new_secret())
        session = cls(
            session_id=session_id,
            user_id=user_id,
            client=client,
            create_time=now,
            last_use_time=now,
            expire_time=now + lifetime,
            family_hash=secrets.secret_hash(token.family),
            token_hash=secrets.secret_hash(token.secret),
        )
        return session, token

    def presented(self, token: RefreshToken) -> Presented:
        """Judge a token that names this session."""
        if not secrets.matches(token.family, self.family_hash):
            return Presented.FOREIGN
        return Presented.CURRENT if secrets.matches(token.secret, self.token_hash) else Presented.REPLAYED

    def rotated(self, token: RefreshToken, *, now: datetime, lifetime: timedelta) -> tuple[Session, RefreshToken]:
        """The session with its next refresh token; every token before it is void."""
        following = RefreshToken(self.user_id, self.session_id, token.family, secrets.new_secret())
        session = replace(
            self, last_use_time=now, expire_time=now + lifetime, token_hash=secrets.secret_hash(following.secret)
        )
        return session, following

    def expired(self, now: datetime) -> bool:
        """Whether it was not refreshed in time."""
        return now >= self.expire_time


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What a client signs its calls with; never logged."""

    access_token: str
    access_expire_time: datetime
    refresh_token: str
    refresh_expire_time: datetime
    session_id: str
