"""What can be hurt: a process of ours, and a server."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from deploy.native.instance import Instance
from tools.library import Library


@dataclass(frozen=True)
class Server:
    """One of the five."""

    instance: Instance

    @property
    def name(self) -> str:
        return self.instance.server.name

    @property
    def pid(self) -> int:
        return self.instance.process.pid if self.instance.process else 0

    def kill(self) -> None:
        self.instance.kill()

    def start(self) -> None:
        self.instance.start()

    def freeze(self) -> None:
        self.instance.freeze()

    def thaw(self) -> None:
        self.instance.thaw()


@dataclass(frozen=True)
class Process:
    """One of ours."""

    name: str
    library: Library

    @property
    def pid(self) -> int:
        return self.library.child.pid if self.library.child.poll() is None else 0

    def kill(self) -> None:
        self.library.kill()

    def start(self) -> None:
        self.library.start()

    def freeze(self) -> None:
        os.kill(self.library.child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.library.child.pid, signal.SIGCONT)
