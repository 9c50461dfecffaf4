"""Slowing down those who guess passwords."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from tintype.accounts.ports import AttemptLog
from tintype.kit.clock import Clock
from tintype.kit.errors import ResourceExhausted


class TooManyAttempts(ResourceExhausted):
    """Too many failed attempts for this user name, or from this address."""

    reason = "RATE_LIMITED"

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many failed attempts, try again later", retry_after=retry_after)


class Throttle:
    """Counts attempts per user name, whether there is such a user or not, and per address, in a sliding window.

    An attempt counts from its begin, so that a thousand at once are no way around the limit; success takes it back.
    """

    def __init__(self, attempts: AttemptLog, clock: Clock, *, per_name: int, per_peer: int, window: timedelta) -> None:
        self._attempts = attempts
        self._clock = clock
        self._per_name = per_name
        self._per_peer = per_peer
        self._window = window

    async def begin(self, *, user_name: str, peer: str) -> None:
        """Count an attempt. Raises TooManyAttempts, and then does not count it."""
        now, begun = self._clock.now(), list[str]()
        for key, limit in self._limits(user_name, peer):
            first = await self._attempts.begin(key, now=now, window=self._window, limit=limit)
            if first is not None:
                for each in begun:
                    await self._attempts.take_back(each)
                raise TooManyAttempts(first + self._window - now)
            begun.append(key)

    async def succeeded(self, *, user_name: str, peer: str) -> None:
        """Forget what the name failed; of the address only this attempt, or one account would free a guesser."""
        if user_name:
            await self._attempts.forget(_of_name(user_name))
        if peer:
            await self._attempts.take_back(_of_peer(peer))

    async def exhausted(self, *, user_name: str, peer: str) -> bool:
        """Whether the next attempt will be refused."""
        since = self._clock.now() - self._window
        for key, limit in self._limits(user_name, peer):
            if await self._attempts.count(key, since=since) >= limit:
                return True
        return False

    def _limits(self, user_name: str, peer: str) -> Iterator[tuple[str, int]]:
        if user_name:
            yield _of_name(user_name), self._per_name
        if peer:
            yield _of_peer(peer), self._per_peer


def _of_name(user_name: str) -> str:
    return f"name:{user_name}"


def _of_peer(peer: str) -> str:
    """By the /64 in IPv6: a subscriber has 2^64 addresses."""
    try:
        address = ip_address(peer.replace("%5B", "").strip("[]").partition("%")[0])
    except ValueError:
        return f"peer:{peer}"
    if not isinstance(address, IPv6Address):
        return f"peer:{address}"
    return f"peer:{address.ipv4_mapped or ip_network((int(address), 64), strict=False)}"
