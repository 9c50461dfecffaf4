"""The real host, with a crash put between two steps: `python -m tests.faults.host`.

TINTYPE_TEST_CRASH_AT names the step, or TINTYPE_TEST_CRASH_FILE a file that names it once it is there;
TINTYPE_TEST_LATER_S sets the clock ahead, so that what a crash left under a lease need not be waited for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tintype.host import running
from tintype.kit.clock import SystemClock
from tintype.kit.log import configure
from tintype.kit.settings import Settings

CRASHED: Final = 77


class LaterClock:
    """The clock of the machine, some time ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead
        self._clock = SystemClock()

    def now(self) -> datetime:
        return self._clock.now() + self._ahead


async def crash_at(step: str) -> None:
    """Nothing is flushed, closed or told: the process is gone."""
    if step in (os.environ.get("TINTYPE_TEST_CRASH_AT"), _named_by_now()):
        os._exit(CRASHED)


def _named_by_now() -> str:
    try:
        return Path(os.environ.get("TINTYPE_TEST_CRASH_FILE", "")).read_text()
    except OSError:
        return ""


async def host(ready_file: Path) -> None:
    settings = Settings()
    configure(level=settings.log_level, form=settings.log_format)
    clock = LaterClock(timedelta(seconds=float(os.environ.get("TINTYPE_TEST_LATER_S", "0"))))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with running(settings, clock=clock, step=crash_at) as runs:
        fresh = ready_file.with_suffix(".fresh")
        fresh.write_text(json.dumps({"pid": os.getpid(), "address": runs.address, "http": runs.http}))
        fresh.replace(ready_file)
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready-file", type=Path, required=True)
    sys.exit(asyncio.run(host(parser.parse_args().ready_file)))
