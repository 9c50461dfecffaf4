"""A library as a child process, for the tools and the tests: start it, wait until it is ready, stop it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
READY_S: Final = 90.0  # a cold start on a busy machine imports some 200 MB of packages first
STOP_S: Final = 90.0  # its own grace is 30 s, and then it closes what it has open
_POLL_S: Final = 0.05


class NotStarted(Exception):
    """The library did not become ready; says why, as far as it said so itself."""


def without_settings() -> dict[str, str]:
    """Our environment, but what sets a library up: for those that must not depend on whose machine it is."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")}


@dataclass(slots=True)
class Library:
    """`python -m tintype` on one home. Its log goes to `log`; `ready_file` says where it listens.

    `environment` goes over what is `inherited`. Another `module` takes --ready-file as well. `services` are hosted, all
    if there are none.
    """

    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    inherited: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    module: str = "tintype"
    port: int = 0
    http_port: int = 0
    log: Path | None = None
    services: tuple[str, ...] = ()
    _began: int = 0
    _asked: bool = False
    _child: subprocess.Popen[bytes] | None = None
    _ready: Mapping[str, object] = field(default_factory=dict)

    @property
    def ready_file(self) -> Path:
        return self.home / "running.json"

    @property
    def address(self) -> str:
        """Where gRPC listens."""
        return str(self._ready.get("address", ""))

    @property
    def http(self) -> str:
        """The base URL of the HTTP port."""
        return str(self._ready.get("http", ""))

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The process; only once it was started."""
        assert self._child is not None
        return self._child

    @property
    def log_file(self) -> Path:
        """Where it says what it does."""
        return self.log or self.home / "library.log"

    def start(self) -> None:
        """Start it and wait until it answers. Raises NotStarted; then no process is left."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start it, and do not wait."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ready_file.unlink(missing_ok=True)
        self._asked = False
        set_by_us = {
            "TINTYPE_HOME": str(self.home),
            "TINTYPE_PORT": str(self.port),
            "TINTYPE_HTTP_PORT": str(self.http_port),
        }
        with self.log_file.open("ab") as stream:
            self._began = stream.tell()
            self._child = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.services, "--ready-file", str(self.ready_file)],
                env={**self.inherited, **self.environment, **set_by_us},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stream,
                start_new_session=True,  # Ctrl-C is ours: we stop it in order
            )

    def wait_until_ready(self) -> None:
        """Wait until what was launched answers. Raises NotStarted; then no process is left."""
        try:
            self._wait_until_ready(time.monotonic() + READY_S)
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self, deadline: float) -> None:
        while not self.ready_file.exists():
            if self.child.poll() is not None:
                raise NotStarted(self._last_words() or f"it ended with exit code {self.child.returncode}")
            if time.monotonic() > deadline:
                raise NotStarted(f"it was not ready within {READY_S:.0f} s: {self._last_words()}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(_POLL_S)
        self._ready = json.loads(self.ready_file.read_text())

    def wait(self) -> int:
        """Wait until it ends by itself. Returns its exit code."""
        return self.child.wait()

    def ask_to_stop(self) -> None:
        """Begin to drain, and do not wait. Asked a second time it would not drain, so it is asked once."""
        if self._child is not None and not self._asked:
            self._asked = True
            self._child.terminate()

    def stop(self) -> int:
        """Let it drain, and end it if it does not. Returns its exit code."""
        if self._child is None:
            return 0
        self.ask_to_stop()
        try:
            code = self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = -signal.SIGKILL
        self.ready_file.unlink(missing_ok=True)
        return code

    def kill(self) -> None:
        """End it at once, as a power cut would; its decoders end with it."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()

    def _last_words(self) -> str:
        with self.log_file.open("rb") as stream:
            stream.seek(self._began)
            lines = stream.read().decode(errors="replace").strip().splitlines()
        return lines[-1].removeprefix("tintype: ") if lines else ""


def running_on(home: Path) -> str:
    """The address of the library that runs on a home, as it stated itself; empty if none does."""
    try:
        stated = json.loads((home / "running.json").read_text())
        os.kill(int(stated["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return ""
    return str(stated["address"])


@contextlib.contextmanager
def running(library: Library) -> Iterator[Library]:
    """Started, and stopped on leaving."""
    library.start()
    try:
        yield library
    finally:
        library.stop()
