"""A machine with little more than Python, make and git, as far as a process can tell: its own home, PATH and caches."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Final

from tools.library import ROOT

COMMANDS: Final = (
    *("awk", "basename", "bash", "cat", "chmod", "cp", "cut", "date", "dirname", "env", "expr", "false", "find"),
    *("git", "grep", "head", "id", "ln", "ls", "make", "mkdir", "mktemp", "mv", "nproc", "ps", "readlink", "rm"),
    *("rmdir", "sed", "sh", "sleep", "sort", "stat", "tail", "tar", "test", "touch", "tr", "true", "uname", "wc"),
)
# How the machine reaches the package registries, and which certificates it trusts; PIP_CACHE_DIR saves the downloads.
NETWORK: Final = ("PIP_", "SSL_CERT_", "NODE_EXTRA_CA_CERTS", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
STOP_S: Final = 60


class NeverSaid(AssertionError):
    """A process ended, or took too long, before it said what was waited for; has all that it said."""


@dataclass(frozen=True)
class Room:
    """`clone` is what is committed, never built."""

    folder: Path

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    @property
    def path(self) -> str:
        return str(self.folder / "bin")

    def environment(self, **settings: str) -> Mapping[str, str]:
        network = {name: value for name, value in os.environ.items() if name.startswith(NETWORK)}
        home = {"HOME": str(self.folder / "home"), "XDG_CACHE_HOME": str(self.folder / "cache"), "LANG": "C.UTF-8"}
        return {"PATH": self.path, "COLUMNS": "200", **home, **network, **settings}

    def said(self, *command: str) -> str:
        """What a command prints that must succeed."""
        done = subprocess.run(
            command, cwd=self.clone, env=self.environment(), capture_output=True, text=True, check=False, timeout=90
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def clean_room() -> Iterator[Room]:
    """Furnished with links to COMMANDS and this Python; some 2 GB at the end, and then gone."""
    with TemporaryDirectory(prefix="tintype-clean-room-") as folder:
        room = Room(Path(folder))
        for name in ("bin", "home", "cache"):
            (room.folder / name).mkdir()
        for command in COMMANDS:
            at = shutil.which(command, path=os.defpath)
            assert at, f"this machine has no {command}"
            (room.folder / "bin" / command).symlink_to(at)
        (room.folder / "bin/python3").symlink_to(Path(sys.executable).resolve())
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(room.clone)], check=True, timeout=90)
        yield room


class Talking:
    """A process that says what it does, and is stopped as by somebody at its terminal."""

    def __init__(self, process: subprocess.Popen[str], lines: IO[str]) -> None:
        self._process = process
        self._lines: Queue[str] = Queue()
        self.heard = ""
        Thread(target=self._listen, args=(lines,), daemon=True).start()

    def says(self, words: str, *, within_s: float) -> str:
        """The next line that holds these words. Raises NeverSaid; `within_s` is for each line."""
        while True:
            try:
                line = self._lines.get(timeout=within_s)
            except Empty:
                raise NeverSaid(self.heard) from None
            self.heard += line
            if words in line:
                return line.strip()
            if not line:
                raise NeverSaid(self.heard)

    def interrupted(self) -> int:
        """Ctrl-C: every process of the terminal gets it. Returns the exit code."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(STOP_S)

    def _listen(self, lines: IO[str]) -> None:
        for line in lines:
            self._lines.put(line)
        self._lines.put("")


@contextmanager
def talking(room: Room, *command: str, **settings: str) -> Iterator[Talking]:
    """Start it in the clone of the room; whatever it began in its terminal is gone at the end."""
    process = subprocess.Popen(
        command,
        cwd=room.clone,
        env=room.environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as lines:
        try:
            yield Talking(process, lines)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)  # which `make run` ends in order by
            process.wait(STOP_S)
