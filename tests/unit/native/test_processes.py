"""A pid that came again is another process, and is left alone."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy.native import processes
from deploy.native.processes import Identity

WAITS = (sys.executable, "-c", "import threading; threading.Event().wait(60)")


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Identity]:
    identity = processes.spawn(WAITS, {}, folder=tmp_path, log=tmp_path / "log")
    assert identity is not None
    yield identity
    processes.kill(identity)


def test_a_process_is_known_again_from_its_file(process: Identity, tmp_path: Path) -> None:
    process.save(tmp_path / "pid.json")
    assert processes.load(tmp_path / "pid.json") == process
    assert processes.runs(process)


def test_another_process_with_its_pid_is_left_alone(process: Identity) -> None:
    earlier = Identity(process.pid, "another-boot/7")
    assert not processes.runs(earlier)
    assert processes.end(earlier, patience_s=1)
    assert processes.runs(process)


def test_a_process_is_ended_in_order(process: Identity) -> None:
    assert processes.end(process, patience_s=10)
    assert not processes.runs(process)


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[tuple[Identity, Identity]]:
    """A process and one that it started, which does not end with it."""
    script = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); sys.stdin.close()"
    log = tmp_path / "log"
    started = processes.spawn((sys.executable, "-c", f"{script}; {WAITS[-1]}", *WAITS), {}, folder=tmp_path, log=log)
    assert started is not None
    assert processes.until(lambda: log.exists() and "\n" in log.read_text(), timeout_s=20)
    child = processes.identify(int(log.read_text()))
    assert child is not None
    yield started, child
    processes.kill(started)


def test_killing_ends_what_it_started_too(parent: tuple[Identity, Identity]) -> None:
    started, child = parent
    processes.kill(started)
    assert processes.until(lambda: not processes.runs(child), timeout_s=10)


def test_one_that_ends_in_order_leaves_nothing_behind(parent: tuple[Identity, Identity]) -> None:
    started, child = parent
    assert processes.end(started, patience_s=10)
    assert processes.until(lambda: not processes.runs(child), timeout_s=10)


def test_what_is_left_of_one_that_has_died_is_ended(parent: tuple[Identity, Identity]) -> None:
    started, child = parent
    os.kill(started.pid, signal.SIGKILL)
    assert processes.until(lambda: not processes.runs(started), timeout_s=10)
    assert processes.runs(child)
    processes.kill(Identity(started.pid, "another-boot/7"))
    assert processes.runs(child)
    processes.kill(started)
    assert processes.until(lambda: not processes.runs(child), timeout_s=10)


@pytest.mark.parametrize("text", ["", "{", '{"pid": 3}', "[]"])
def test_a_torn_file_names_nobody(text: str, tmp_path: Path) -> None:
    (tmp_path / "pid.json").write_text(text)
    assert processes.load(tmp_path / "pid.json") is None
