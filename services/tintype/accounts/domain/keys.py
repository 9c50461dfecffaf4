"""API keys: a program acts for a user, within scopes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tintype.accounts.domain import secrets

KEY_PREFIX: Final = "tt_"
SHOWN: Final = len(KEY_PREFIX) + 4  # enough to recognise a key by, far too little to guess the rest
USE_GRANULARITY: Final = timedelta(minutes=1)  # a write for every call would cost more than the call


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, without the key: only its hash is kept. `expire_time` None means that it works for ever."""

    api_key_id: str
    user_id: str
    name: str
    scopes: tuple[str, ...]
    prefix: str
    secret_hash: str
    create_time: datetime
    expire_time: datetime | None = None
    last_use_time: datetime | None = None
    revision: int = 1

    @classmethod
    def made(
        cls,
        *,
        api_key_id: str,
        user_id: str,
        name: str,
        scopes: frozenset[str],
        now: datetime,
        lifetime: timedelta | None,
    ) -> tuple[ApiKey, str]:
        """A key and its secret, which is shown once."""
        secret = KEY_PREFIX + secrets.new_secret()
        key = cls(
            api_key_id=api_key_id,
            user_id=user_id,
            name=name,
            scopes=tuple(sorted(scopes)),
            prefix=secret[:SHOWN],
            secret_hash=secrets.secret_hash(secret),
            create_time=now,
            expire_time=None if lifetime is None else now + lifetime,
        )
        return key, secret

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expire_time is not None and now >= self.expire_time

    def use_worth_noting(self, now: datetime) -> bool:
        """Whether the noted use is older than what is told of it."""
        return self.last_use_time is None or now - self.last_use_time >= USE_GRANULARITY

    def used(self, now: datetime) -> ApiKey:
        """Remembers when, to the minute."""
        return replace(self, last_use_time=now.replace(second=0, microsecond=0))
