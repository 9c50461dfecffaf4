"""Ends servers with whoever started them, however that ends: a killed test leaves none behind.

A process of its own does it (guard_process.py), which reads from a pipe that closes when its starter is gone.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import IO

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
                [sys.executable, "-m", "deploy.native.guard_process"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            child.returncode = 0  # it outlives us, and nobody asks how it ends
            self._pipe = child.stdin
        if self._pipe is not None:
            self._pipe.write(f"{name} {folder}\n".encode())
            self._pipe.flush()
