"""All servers of this clone: up, down, status, and `urls.json` for everybody who wants to talk to them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Semaphore
from typing import Final

from deploy.native.build import BuildFailed, Missing, locked
from deploy.native.instance import Instance, NotStarted
from deploy.native.server import Server
from deploy.native.servers.elasticsearch import Elasticsearch
from deploy.native.servers.minio import Minio
from deploy.native.servers.mongodb import MongoDb
from deploy.native.servers.nats import Nats
from deploy.native.servers.triton import Triton
from deploy.native.servers.versitygw import Versitygw

# The longest builds first.
SERVERS: Final[tuple[Server, ...]] = (Minio(), Elasticsearch(), Versitygw(), Nats(), Triton(), MongoDb())
_BUILDS_AT_ONCE: Final = 2  # MinIO's alone takes both cores and 2 GiB for a while
_COLUMNS: Final = "{:<14} {:<10} {:>8}  {}"


class Fleet:
    """The servers below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.instances: Mapping[str, Instance] = {
            each.name: Instance(each, folder / each.name, outlives=True) for each in SERVERS
        }
        self._builds = Semaphore(_BUILDS_AT_ONCE)
        self._began = time.monotonic()

    def up(self, names: Iterable[str] = ()) -> bool:
        """Build and start what does not answer. Returns whether all that was asked for answers."""
        chosen = self._chosen(names)
        with locked(self.folder / ".lock"), ThreadPoolExecutor(len(chosen)) as pool:
            answering = list(pool.map(self._up, chosen))
            self._write_urls()
        return all(answering)

    def _up(self, instance: Instance) -> bool:
        name = instance.server.name
        try:
            with self._builds:
                instance.build(building=lambda: self._say(f"{name}: building ..."))
            started = instance.start()
        except (BuildFailed, Missing, NotStarted) as error:
            self._say(f"{name}: {error}")
            return False
        self._say(f"{name}: {'started' if started else 'runs already'}")
        return True

    def down(self, names: Iterable[str] = ()) -> None:
        """End what runs; data stays."""
        chosen = self._chosen(names)
        with locked(self.folder / ".lock"), ThreadPoolExecutor(len(chosen)) as pool:
            for instance, ran in zip(chosen, pool.map(Instance.stop, chosen), strict=True):
                if ran:
                    self._say(f"{instance.server.name}: stopped")
            self._write_urls()

    def restart(self, names: Iterable[str]) -> bool:
        """End these and start them again, at the same URLs."""
        self.down(names)
        return self.up(names)

    def status(self) -> bool:
        """Print what runs. Returns whether all answers."""
        print(_COLUMNS.format("server", "state", "pid", "ports"))
        states = [self._state(instance) for instance in self.instances.values()]
        return all(state == "answers" for state in states)

    def _state(self, instance: Instance) -> str:
        process = instance.process
        state = "stopped" if process is None else "answers" if instance.answers() else "silent"
        ports = "" if process is None else ", ".join(f"{n} {p}" for n, p in instance.place.ports.items())
        print(_COLUMNS.format(instance.server.name, state, process.pid if process else "", ports))
        return state

    def _chosen(self, names: Iterable[str]) -> list[Instance]:
        return [self.instances[name] for name in names] or list(self.instances.values())

    def _write_urls(self) -> None:
        """Of those that run; whole or not at all, and for this user alone: it holds credentials."""
        urls: dict[str, str] = {}
        for instance in self.instances.values():
            if instance.process is not None:
                urls |= instance.urls()
        beside = self.folder / ".urls.json"
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(urls, indent=2) + "\n")
        beside.rename(self.folder / "urls.json")

    def _say(self, words: str) -> None:
        print(f"{time.monotonic() - self._began:6.1f} s  {words}", file=sys.stderr, flush=True)
