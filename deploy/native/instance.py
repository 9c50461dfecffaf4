"""One server in one folder: its data, ports, credentials, pid and log."""

from __future__ import annotations

import base64
import json
import secrets
import signal
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from deploy.native import ports, processes
from deploy.native.build import ensure_built, last_lines
from deploy.native.guard import PID_FILE, guard
from deploy.native.layout import cache_folder
from deploy.native.server import Credentials, Place, Server

START_S: Final = 90.0  # Elasticsearch takes 5 s alone, and many times that while others build
STOP_S: Final = 20.0


class NotStarted(Exception):
    """A server did not come to answer; holds the end of its log."""


class Instance:
    """A server in `folder`, in any state. Others may have started it: what is known stands in files.

    It ends with the process that started it, unless it `outlives` that.
    """

    def __init__(self, server: Server, folder: Path, *, cache: Path | None = None, outlives: bool = False) -> None:
        self.server = server
        self.folder = folder
        self.log = folder / "log"
        self._cache = cache or cache_folder()
        self._outlives = outlives
        self._pid = folder / PID_FILE
        self._ports = folder / "ports.json"

    @property
    def process(self) -> processes.Identity | None:
        """None if it does not run."""
        known = processes.load(self._pid)
        return known if processes.runs(known) else None

    @property
    def place(self) -> Place:
        """Where it runs or ran. Only after its first start."""
        return Place(
            self._cache / self.server.recipe().key(), self.folder, ports.stated(self._ports), self._credentials()
        )

    def urls(self) -> Mapping[str, str]:
        return self.server.urls(self.place)

    def answers(self) -> bool:
        """Whether it runs and serves."""
        return self.process is not None and self.server.answers(self.place)

    def build(self, *, building: Callable[[], None] = lambda: None) -> None:
        """Build it if it was not yet. Raises BuildFailed, Missing."""
        ensure_built(self.server.recipe(), self._cache, building=building)

    def start(self) -> bool:
        """Start it unless it answers already; one that runs and does not is ended first.

        Returns whether it was started. Raises NotStarted; then it does not run.
        """
        if self.answers():
            return False
        self.stop(patience_s=2)
        self.build()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ports.remembered(self._ports, self.server.ports)
        place = self.place
        command = self.server.command(place)
        began = self.log.stat().st_size if self.log.exists() else 0
        process = processes.spawn(command.arguments, command.environment, folder=self.folder, log=self.log)
        if process is not None:
            process.save(self._pid)
            if not self._outlives:
                guard().watch(self.server.name, self.folder)
            processes.until(lambda: not processes.runs(process) or self.server.answers(place), timeout_s=START_S)
            if self.answers():
                return True
        self.kill()
        words = last_lines(self.log) if self.log.stat().st_size > began else "it said nothing"
        raise NotStarted(f"{self.server.name} did not start:\n{words}")

    def stop(self, *, patience_s: float = STOP_S) -> bool:
        """End it in order. Returns whether it ran."""
        known = processes.load(self._pid)
        ran = processes.runs(known)
        if known is not None:
            processes.end(known, patience_s=patience_s)
        self._forget()
        return ran

    def kill(self) -> None:
        """End it at once, as a power cut would: its data stays as it lies."""
        known = processes.load(self._pid)
        if known is not None:
            processes.kill(known)
        self._forget()

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        if self.process is not None:
            processes.send(self.process, signal.SIGSTOP)

    def thaw(self) -> None:
        if self.process is not None:
            processes.send(self.process, signal.SIGCONT)

    def _forget(self) -> None:
        if self._pid.exists():
            self.server.ended(self.place)
            self._pid.unlink(missing_ok=True)

    def _credentials(self) -> Credentials:
        file = self.folder / "credentials.json"
        if not file.exists():
            made = Credentials("t" + secrets.token_hex(8), secrets.token_hex(20), base64_key())
            file.touch(mode=0o600)
            file.write_text(json.dumps(asdict(made)))
        return Credentials(**json.loads(file.read_text()))


def base64_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
