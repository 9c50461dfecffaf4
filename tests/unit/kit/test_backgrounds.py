"""Work beside the calls: what ends without being told to ends the process."""

from __future__ import annotations

import asyncio

import pytest
from tests.timers import settled

from tintype.kit.app import Background
from tintype.kit.backgrounds import Backgrounds


async def for_ever() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("error", [ZeroDivisionError(), asyncio.CancelledError()])
async def test_work_that_breaks_off_ends_the_process(error: BaseException) -> None:
    async def breaks() -> None:
        raise error

    backgrounds = Backgrounds()
    backgrounds.start([Background("steady", for_ever), Background("broken", breaks)])
    await settled()
    assert backgrounds.failed.is_set()
    await backgrounds.stop()


async def test_work_that_is_told_to_stop_or_done_has_not_failed() -> None:
    async def done() -> None:
        return

    backgrounds = Backgrounds()
    backgrounds.start([Background("steady", for_ever), Background("done", done)])
    await settled()
    await backgrounds.stop()
    await settled()
    assert not backgrounds.failed.is_set()


async def test_work_that_lost_that_it_was_told_to_stop_is_told_again() -> None:
    heard = 0

    async def loses_it_once() -> None:
        nonlocal heard
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard += 1
                if heard > 1:
                    raise

    backgrounds = Backgrounds(again_s=0.01)
    backgrounds.start([Background("steady", for_ever), Background("loses it once", loses_it_once)])
    await settled()
    async with asyncio.timeout(10):
        await backgrounds.stop()
    assert heard == 2
    assert not backgrounds.failed.is_set()
