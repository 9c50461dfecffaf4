"""Processes that outlive the one that started them: known by pid and start, so that no other is ever ended for them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Identity:
    """A process for all time: a pid comes again, but not with the same start after the same boot."""

    pid: int
    start: str  # boot/ticks

    def save(self, file: Path) -> None:
        """Whole or not at all: a torn file would lose the process."""
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)))
        beside.rename(file)


def load(file: Path) -> Identity | None:
    """Who the file names; None if there is no such file."""
    try:
        stated = json.loads(file.read_text())
        return Identity(int(stated["pid"]), str(stated["start"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def identify(pid: int) -> Identity | None:
    """None if no such process runs; one that has ended and is not yet collected does not run."""
    stated = _stat(pid)
    return None if stated is None else stated.identity


@dataclass(frozen=True, slots=True)
class _Stat:
    """What /proc says of a process that runs."""

    identity: Identity
    session: int  # the pid of the process that began it


def _stat(pid: int) -> _Stat | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = _BOOT_ID.read_text().strip()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # its name may hold spaces and brackets
    if state in "ZX":
        return None
    return _Stat(Identity(pid, f"{boot}/{fields[18]}"), session=int(fields[2]))


def runs(identity: Identity | None) -> bool:
    """Whether that very process still runs."""
    return identity is not None and identify(identity.pid) == identity


def spawn(arguments: tuple[str, ...], environment: Mapping[str, str], *, folder: Path, log: Path) -> Identity | None:
    """Start a process of its own session, its words going to `log`. None if it ended at once."""
    merged = {**os.environ, **environment}
    with log.open("ab") as words:
        child = subprocess.Popen(
            arguments,
            cwd=folder,
            env={name: value for name, value in merged.items() if value},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    threading.Thread(target=child.wait, name=f"collect {child.pid}", daemon=True).start()
    return identify(child.pid)


def send(identity: Identity, number: signal.Signals) -> None:
    """To it and to the processes it started; to nobody if it has ended."""
    if runs(identity):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(identity.pid, number)


def end(identity: Identity, *, patience_s: float) -> bool:
    """Ask it to end, and end it when patience is at an end; what it leaves behind is ended too.

    Returns whether it ended by itself.
    """
    if runs(identity):
        send(identity, signal.SIGCONT)
        os.kill(identity.pid, signal.SIGTERM)
    ended = until(lambda: not runs(identity), timeout_s=patience_s)
    kill(identity)
    return ended


def kill(identity: Identity) -> None:
    """End it at once, as a power cut would, and what it started, also if it has died itself."""
    send(identity, signal.SIGKILL)
    until(lambda: not runs(identity), timeout_s=10)
    for left in _left_by(identity):
        with contextlib.suppress(ProcessLookupError):
            os.kill(left.pid, signal.SIGKILL)


def _left_by(identity: Identity) -> list[Identity]:
    """The processes of its session, which bears its pid; none if another process may have got that pid."""
    if identify(identity.pid) not in (None, identity):
        return []
    stats = [_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    members = [each.identity for each in stats if each is not None and each.session == identity.pid]
    boot, ticks = _began(identity)
    return [each for each in members if _began(each)[0] == boot and _began(each)[1] >= ticks]


def _began(identity: Identity) -> tuple[str, int]:
    """The boot, and the ticks of its clock since then."""
    boot, _, ticks = identity.start.rpartition("/")
    return boot, int(ticks)


def until(holds: Callable[[], bool], *, timeout_s: float) -> bool:
    """Wait until something holds. Returns whether it does."""
    deadline = time.monotonic() + timeout_s
    never = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        never.wait(_POLL_S)
    return True
