"""Sleeping that a test ends by hand."""

from __future__ import annotations

import asyncio


class Timers:
    """`sleep` returns once the test has advanced the time far enough."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping.append((self.now + seconds, woken))
        await woken

    def monotonic(self) -> float:
        return self.now

    async def advance(self, seconds: float) -> None:
        """Let the time pass in one step, and everything run that it wakes."""
        await settled()
        self.now += seconds
        due = [woken for at, woken in self._sleeping if at <= self.now]
        self._sleeping = [(at, woken) for at, woken in self._sleeping if at > self.now]
        for woken in due:
            if not woken.done():
                woken.set_result(None)
        await settled()


async def settled() -> None:
    """Let every task run that can."""
    for _ in range(50):
        await asyncio.sleep(0)
