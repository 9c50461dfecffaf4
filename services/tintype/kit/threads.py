"""Threads that are there before they are needed, and a process that ends when it loses one.

`Thread.start` waits until the new thread says that it runs. One that dies before, of no memory, never says so, and an
event loop that started it stands still for ever.
"""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

LOST: Final = 70  # the exit code
_LAST_WORDS: Final = b"tintype: no memory was left for a thread that others wait for: ended, to be started again\n"


def thread_pool(threads: int, name: str, *, more: int = 0) -> ThreadPoolExecutor:
    """A pool with its threads running; `more` are started when all of them are busy."""
    pool = ThreadPoolExecutor(threads + more, thread_name_prefix=name)
    started = threading.Event()
    for _ in range(threads):
        pool.submit(started.wait)  # each holds its thread, so that the next needs another
    started.set()
    return pool


def end_with_a_lost_thread() -> None:
    """From now on the process ends when a thread dies of no memory: nothing that was acknowledged is lost by it."""
    others, unraisable = threading.excepthook, sys.unraisablehook

    def died(what: threading.ExceptHookArgs) -> None:
        if issubclass(what.exc_type, MemoryError):
            _end()
        others(what)

    def ignored(what: sys.UnraisableHookArgs) -> None:
        if issubclass(what.exc_type, MemoryError) and "thread" in (what.err_msg or ""):  # before it began to run
            _end()
        unraisable(what)

    threading.excepthook, sys.unraisablehook = died, ignored


def _end() -> None:
    os.write(2, _LAST_WORDS)  # no logger: there is no memory
    os._exit(LOST)
