"""Slowing down those who guess passwords."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.errors import ResourceExhausted

_MOST_KEYS: Final = 100_000  # of 200 bytes each; the longest unused are forgotten first


class TooManyAttempts(ResourceExhausted):
    """Too many failed attempts for this user name, or from this address."""

    reason = "RATE_LIMITED"

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many failed attempts, try again later", retry_after=retry_after)


class Throttle:
    """Counts attempts per user name, whether there is such a user or not, and per address, in a sliding window.

    An attempt counts from its begin, so that a thousand at once are no way around the limit; success takes it back.
    It lives in the process: a restart forgets it, and of several processes each counts for itself.
    """

    def __init__(self, clock: Clock, *, per_name: int, per_peer: int, window: timedelta) -> None:
        self._clock = clock
        self._limits = {"name": per_name, "peer": per_peer}
        self._window = window
        self._attempts: OrderedDict[tuple[str, str], list[datetime]] = OrderedDict()

    def begin(self, *, user_name: str, peer: str) -> None:
        """Count an attempt. Raises TooManyAttempts, and then does not count it."""
        now = self._clock.now()
        for key in _keys(user_name, peer):
            recent = self._recent(key, now)
            if len(recent) >= self._limits[key[0]]:
                raise TooManyAttempts(recent[0] + self._window - now)
        for key in _keys(user_name, peer):
            self._attempts.setdefault(key, []).append(now)
            self._attempts.move_to_end(key)
        while len(self._attempts) > _MOST_KEYS:
            self._attempts.popitem(last=False)

    def succeeded(self, *, user_name: str, peer: str) -> None:
        """Forget what the name failed; of the address only this attempt, or one account would free a guesser."""
        self._attempts.pop(("name", user_name), None)
        if of_peer := self._attempts.get(("peer", peer)):
            of_peer.pop()

    def exhausted(self, *, user_name: str, peer: str) -> bool:
        """Whether the next attempt will be refused."""
        now = self._clock.now()
        return any(len(self._recent(key, now)) >= self._limits[key[0]] for key in _keys(user_name, peer))

    def _recent(self, key: tuple[str, str], now: datetime) -> list[datetime]:
        recent = [time for time in self._attempts.get(key, ()) if now - time < self._window]
        if recent:
            self._attempts[key] = recent
        else:
            self._attempts.pop(key, None)
        return recent


def _keys(user_name: str, peer: str) -> Iterator[tuple[str, str]]:
    if user_name:
        yield "name", user_name
    if peer:
        yield "peer", peer
