"""Attempts in the memory of the process: for a library that one process serves."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

MOST_KEYS: Final = 100_000  # of 200 bytes each; the longest unused are forgotten first


class MemoryAttemptLog:
    """AttemptLog that a restart forgets. Nothing in it waits, so nobody can come between."""

    def __init__(self) -> None:
        self._attempts: OrderedDict[str, list[datetime]] = OrderedDict()

    async def begin(self, key: str, *, now: datetime, window: timedelta, limit: int) -> datetime | None:
        recent = [time for time in self._attempts.get(key, ()) if time > now - window]
        if len(recent) >= limit:
            return recent[0]
        self._attempts[key] = [*recent, now]
        self._attempts.move_to_end(key)
        while len(self._attempts) > MOST_KEYS:
            self._attempts.popitem(last=False)
        return None

    async def take_back(self, key: str) -> None:
        if len(times := self._attempts.get(key, [])) > 1:
            times.pop()
        else:
            self._attempts.pop(key, None)

    async def forget(self, key: str) -> None:
        self._attempts.pop(key, None)

    async def count(self, key: str, *, since: datetime) -> int:
        return sum(time > since for time in self._attempts.get(key, ()))
