"""Pools whose threads are there, and what becomes of a process that loses a thread."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from tintype.kit.threads import LOST, thread_pool

BEFORE_IT_RUNS = "_thread.start_new_thread(fail, ())"
WHILE_IT_RUNS = "threading.Thread(target=fail).start()"


def test_a_pool_starts_no_thread_when_it_is_used() -> None:
    with thread_pool(3, "tested") as pool:
        names = {thread.name for thread in threading.enumerate() if thread.name.startswith("tested")}
        together = threading.Barrier(3)
        used = {future.result() for future in [pool.submit(_name_after, together) for _ in range(3)]}
    assert used == names


def test_a_pool_may_grow() -> None:
    with thread_pool(1, "tested", more=1) as pool:
        together = threading.Barrier(2)
        assert len({future.result() for future in [pool.submit(_name_after, together) for _ in range(2)]}) == 2


def _name_after(together: threading.Barrier) -> str:
    together.wait(20)
    return threading.current_thread().name


@pytest.mark.parametrize("start", [BEFORE_IT_RUNS, WHILE_IT_RUNS])
@pytest.mark.parametrize(("error", "code"), [("MemoryError", LOST), ("ValueError", 0)])
def test_a_process_ends_with_a_thread_that_had_no_memory(start: str, error: str, code: int) -> None:
    script = (
        "import _thread, threading\n"
        "from tintype.kit.threads import end_with_a_lost_thread\n"
        "end_with_a_lost_thread()\n"
        "tried = threading.Event()\n"
        "def fail():\n"
        "    tried.set()\n"
        f"    raise {error}\n"
        f"{start}\n"
        "tried.wait()\n"
        "threading.Event().wait(0.5)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    assert ended.returncode == code, ended.stderr
    assert (b"no memory was left" in ended.stderr) == (code == LOST)
