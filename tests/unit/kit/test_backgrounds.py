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
