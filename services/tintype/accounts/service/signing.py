"""The keys that sign access tokens: made at first use, followed by others, known to all."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from tintype.accounts.domain.signing import (
    SigningKey,
    needs_successor,
    outlived,
    signs_now,
)
from tintype.accounts.domain.users import User
from tintype.accounts.ports import SigningKeyMaker, SigningKeyRepository, TokenIssuer
from tintype.kit.clock import Clock
from tintype.kit.ids import IdSource

_REREAD: Final = timedelta(minutes=1)  # so that another process that signs is heard of
SETTLE: Final = timedelta(minutes=15)  # a new key signs only once every process has had the time to fetch it


class SigningKeys:
    """Signs access tokens, and publishes the keys to check them by.

    `access_lifetime` is how long a token of the issuer lives, `rotation` how long a key signs.
    """

    def __init__(
        self,
        keys: SigningKeyRepository,
        maker: SigningKeyMaker,
        issuer: TokenIssuer,
        ids: IdSource,
        clock: Clock,
        *,
        access_lifetime: timedelta,
        rotation: timedelta,
    ) -> None:
        self._repository = keys
        self._maker = maker
        self._issuer = issuer
        self._ids = ids
        self._clock = clock
        self._access_lifetime = access_lifetime
        self._rotation = rotation
        self._keys: tuple[SigningKey, ...] = ()
        self._read_time: datetime | None = None
        self._reading = asyncio.Lock()

    async def access_token(self, *, user: User, session_id: str) -> tuple[str, datetime]:
        """A token and when it ends."""
        now = self._clock.now()
        key = signs_now(await self.key_set(), now=now, settle=SETTLE)
        assert key is not None  # key_set makes one if there is none
        return self._issuer.issue(key, user=user, session_id=session_id)

    async def key_set(self) -> tuple[SigningKey, ...]:
        """The keys that sign now, will sign soon, or signed lately."""
        async with self._reading:
            now = self._clock.now()
            if self._read_time is None or now - self._read_time >= _REREAD:
                self._keys = await self._read(now)
                self._read_time = now
        return self._keys

    async def rotate(self) -> int:
        """Make the successor of a key that is due, forget those that nobody can hold a token of; returns how many."""
        async with self._reading:
            now = self._clock.now()
            keys = tuple(await self._repository.all())
            changes = 0
            if needs_successor(keys, now=now, rotation=self._rotation):
                await self._repository.add(self._maker.make(key_id=self._ids.new(), now=now))
                changes += 1
            for key in outlived(keys, now=now, overlap=SETTLE + 2 * self._access_lifetime):
                await self._repository.remove(key.key_id)
                changes += 1
            self._read_time = None
        return changes

    async def _read(self, now: datetime) -> tuple[SigningKey, ...]:
        keys = await self._repository.all()
        if not keys:
            await self._repository.add(self._maker.make(key_id=self._ids.new(), now=now))
            keys = await self._repository.all()
        return tuple(keys)
