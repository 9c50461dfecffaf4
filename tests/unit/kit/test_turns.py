"""Writers of one thing take turns."""

from __future__ import annotations

import asyncio

import pytest

from tintype.kit.errors import Conflict
from tintype.kit.turns import Turns, tried


async def test_one_key_is_held_by_one_at_a_time_and_others_do_not_wait() -> None:
    turns, inside, most = Turns(), 0, 0

    async def work(key: str) -> None:
        nonlocal inside, most
        async with turns.of(key):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work("a") for _ in range(5)))
    assert most == 1
    await asyncio.gather(*(work(str(number)) for number in range(5)))
    assert most == 5


async def test_a_cancelled_waiter_leaves_the_turn_to_the_next() -> None:
    turns = Turns()

    async def work() -> str:
        async with turns.of("a"):
            return "done"

    async with turns.of("a"):
        cancelled, next_one = asyncio.create_task(work()), asyncio.create_task(work())
        await asyncio.sleep(0)
        cancelled.cancel()
    assert await next_one == "done"


async def test_what_was_overtaken_is_tried_five_times() -> None:
    calls = 0

    async def overtaken() -> str:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise Conflict("somebody was faster")
        return "done"

    assert await tried(overtaken) == "done"
    calls = -99
    with pytest.raises(Conflict):
        await tried(overtaken)
    assert calls == -94
