"""Sessions: a family of refresh tokens of which one works.

A refresh token names its session and holds two secrets. The first is the same in every token of the family, the second
is new in each. A token with the right first and a wrong second one was used before: somebody copied it, so the whole
session ends. A token with a wrong first secret was never ours and proves nothing, so nobody can end the session of
another by guessing.

The one before the current token is let through for a moment: a client whose requests reach several processes at once
shows it more than once. It leads to the same successor again, which is made of it and of a salt, so that there is never
more than one token that works, and whoever used a copy is found out when the successor is used.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from tintype.accounts.domain import secrets


class Presented(Enum):
    """What a refresh token turned out to be."""

    CURRENT = "current"
    REPEATED = "repeated"
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
    """A client that a user signed in with. `token_hash` is that of the one refresh token that works.

    `previous_hash` is that of the token which it was traded for at `rotate_time`, and `salt` what it was made with.
    """

    session_id: str
    user_id: str
    client: str
    create_time: datetime
    last_use_time: datetime
    expire_time: datetime
    family_hash: str
    token_hash: str
    revision: int = 1
    previous_hash: str = ""
    salt: str = ""
    rotate_time: datetime | None = None

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

    def presented(self, token: RefreshToken, *, now: datetime, grace: timedelta) -> Presented:
        """Judge a token that names this session; the one before the current may be shown again for `grace`."""
        if not secrets.matches(token.family, self.family_hash):
            return Presented.FOREIGN
        if secrets.matches(token.secret, self.token_hash):
            return Presented.CURRENT
        fresh = self.rotate_time is not None and now - self.rotate_time < grace
        return Presented.REPEATED if fresh and secrets.matches(token.secret, self.previous_hash) else Presented.REPLAYED

    def rotated(self, token: RefreshToken, *, now: datetime, lifetime: timedelta) -> tuple[Session, RefreshToken]:
        """The session with the successor of its current token; every token before it is void, in a moment."""
        salted = replace(self, salt=secrets.new_secret())
        following = salted.successor(token)
        session = replace(
            salted,
            last_use_time=now,
            expire_time=now + lifetime,
            token_hash=secrets.secret_hash(following.secret),
            previous_hash=self.token_hash,
            rotate_time=now,
        )
        return session, following

    def successor(self, token: RefreshToken) -> RefreshToken:
        """What the token before the current one was traded for; only who has that token can tell."""
        return replace(token, secret=secrets.derived_secret(token.secret, salt=self.salt))

    def expired(self, now: datetime) -> bool:
        """Whether it was not refreshed in time."""
        return now >= self.expire_time


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What a client signs its calls with, as of `made_time`; never logged."""

    access_token: str
    access_expire_time: datetime
    refresh_token: str
    refresh_expire_time: datetime
    session_id: str
    made_time: datetime

    @property
    def access_lifetime(self) -> timedelta:
        """What the access token has left, whatever the clock of the client says."""
        return self.access_expire_time - self.made_time

    @property
    def refresh_lifetime(self) -> timedelta:
        """What the session has left, likewise."""
        return self.refresh_expire_time - self.made_time
