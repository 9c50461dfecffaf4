"""Ends servers with whoever started them, however that ends: a killed test leaves none behind.

It is a process of its own, which reads from a pipe that closes when its starter is gone.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import IO

from deploy.native import processes
from deploy.native.layout import ROOT

PID_FILE = "pid.json"


@cache
def guard() -> Guard:
    """The one of this process."""
    return Guard()


class Guard:
    """Started when there is something to watch."""

    def __init__(self) -> None:
        self._pipe: IO[bytes] | None = None

    def watch(self, name: str, folder: Path) -> None:
        """End the server in this folder, if it runs when this process has ended."""
        if self._pipe is None:
            child = subprocess.Popen(
                [sys.executable, "-m", "deploy.native.guard"], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
            )
            child.returncode = 0  # it outlives us, and nobody asks how it ends
            self._pipe = child.stdin
        if self._pipe is not None:
            self._pipe.write(f"{name} {folder}\n".encode())
            self._pipe.flush()


def main() -> None:
    """Wait until the starter is gone, then end what it left."""
    for line in sorted(set(sys.stdin)):
        name, _, folder = line.rstrip("\n").partition(" ")
        identity = processes.load(Path(folder) / PID_FILE)
        if identity is not None:
            processes.kill(identity)
            _clear(name, Path(folder))


def _clear(name: str, folder: Path) -> None:
    """What a server left outside of its folder."""
    from deploy.native.fleet import SERVERS  # both import this module
    from deploy.native.instance import Instance

    for server in SERVERS:
        if server.name == name:
            server.ended(Instance(server, folder).place)


if __name__ == "__main__":
    main()
