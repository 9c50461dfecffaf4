"""Work that goes on beside the calls for as long as a process lives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from tintype.kit.app import Background
from tintype.kit.log import log_of

AGAIN_S: Final = 30.0  # longer than any of them lets what it has begun go on

_log: Final = log_of(__name__)


class Backgrounds:
    """Runs them as tasks. `failed` is set once one of them ended with an error, which ends the process.

    So it is when one is cancelled by anything but `stop`: it would be missing, and nobody would know.
    """

    def __init__(self, *, again_s: float = AGAIN_S) -> None:
        self._again_s = again_s
        self.failed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self, works: Sequence[Background]) -> None:
        """Begin them."""
        for work in works:
            task = asyncio.create_task(_run(work), name=work.name)
            task.add_done_callback(self._ended)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Tell all of them to stop, and wait until they have.

        They are told again after a while: until Python 3.12 `asyncio.wait_for`, which drivers use, may lose it.
        """
        self._stopping = True
        left = {task for task in self._tasks if not task.done()}
        while left:
            for task in left:
                task.cancel()
            _, left = await asyncio.wait(left, timeout=self._again_s)
            if left:
                _log.warning("background_told_again", works=sorted(task.get_name() for task in left))

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None and not (task.cancelled() and self._stopping):
            _log.error("background_failed", work=task.get_name(), exc_info=error)
            self.failed.set()


async def _run(work: Background) -> None:
    await work.run()
