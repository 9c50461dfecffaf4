"""Waiting for what is away: each pause is longer than the one before, with jitter."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, TypeVar

from tintype.kit.errors import DomainError, Unavailable
from tintype.kit.log import log_of

T = TypeVar("T")

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 10.0
_log: Final = log_of(__name__)


def pauses(*, first_s: float = FIRST_PAUSE_S, longest_s: float = LONGEST_PAUSE_S) -> Iterator[float]:
    """Seconds, for ever: doubled each time up to the longest, each cut or stretched by at most a half of itself."""
    pause = first_s
    while True:
        yield min(pause * random.uniform(0.5, 1.5), longest_s)
        pause = min(2 * pause, longest_s)


async def until_there(
    what: str,
    attempt: Callable[[], Awaitable[T]],
    *,
    away: type[DomainError] = Unavailable,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """What `attempt` returns, tried until it no longer raises `away`; every wait is a line in the log.

    Args:
        what: names it in the log.
        attempt: begins anew each time, and leaves nothing behind when it fails.
        away: what is worth waiting for; any other error is raised.
        sleep: how a pause is made.
    """
    times, waited = pauses(), False
    while True:
        try:
            there = await attempt()
        except away as error:
            pause, waited = next(times), True
            _log.warning("waiting_for", what=what, because=error.message, again_in_s=round(pause, 1))
        else:
            if waited:
                _log.info("answers_now", what=what)
            return there
        await sleep(pause)
