"""Writers of one thing take turns, and what somebody else overtook is tried again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from tintype.kit.errors import Conflict

T = TypeVar("T")

TRIES: Final = 5
FIRST_PAUSE_S: Final = 0.02


class Turns:
    """Locks by key, in the order of asking, kept only while somebody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[None]:
        """Hold the turn of this key for the block."""
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop(key)
            if waiting > 1:
                self._locks[key] = (lock, waiting - 1)


async def tried(attempt: Callable[[], Awaitable[T]], *, overtaken: type[Conflict] = Conflict, tries: int = TRIES) -> T:
    """Load, decide and replace again while another process was faster: 20 ms doubled, with jitter.

    Raises: what `attempt` raises; `overtaken` at the last try.
    """
    pause = FIRST_PAUSE_S
    for _ in range(tries - 1):
        try:
            return await attempt()
        except overtaken:
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            pause *= 2
    return await attempt()
