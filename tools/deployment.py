"""A library of many processes on real servers, as it is deployed: each service in one of its own, two workers."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.native import ports
from tools.library import Library, NotStarted

from tintype.kit.settings import secret_in

# Each name is a process and begins with its service. Clients speak to the front, which passes on what others serve and
# has the media URLs.
PROCESSES: Final = ("accounts", "catalog", "upload", "search", "analysis", "analysis-2")
FRONT: Final = "catalog"
_HTTP: Final = "http"
_LOOK_S: Final = 0.1
NAMESPACED: Final = ("database", "events", "blobs", "index")  # several libraries may share one of these servers


def urls_on(servers: Mapping[str, str], namespace: str) -> dict[str, str]:
    """The settings of a library on servers that `make servers-up` started."""
    paths = {part: f"/{namespace}" if part in NAMESPACED else "" for part in (*NAMESPACED, "inference")}
    return {f"TINTYPE_{part.upper()}_URL": servers[part] + path for part, path in paths.items()}


@dataclass(slots=True)
class Deployment:
    """To its clients the same as a `Library`. Folders, logs and secrets of its processes are below `home`.

    `environment` says the five URLs, and goes over what is `inherited`.
    """

    home: Path
    environment: Mapping[str, str]
    inherited: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    port: int = 0
    http_port: int = 0
    processes: dict[str, Library] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where clients speak to it by gRPC."""
        return self.processes[FRONT].address

    @property
    def http(self) -> str:
        """The base URL of the HTTP port of the front."""
        return self.processes[FRONT].http

    @property
    def log_file(self) -> Path:
        """The folder of its logs."""
        return self.home / "logs"

    def start(self) -> None:
        """Start all at once, in no order, and wait until all answer. Raises NotStarted; then no process is left."""
        self._prepare()
        try:
            for process in self.processes.values():
                process.launch()
            for name, process in self.processes.items():
                _wait_for(name, process)
        except BaseException:
            self.kill()
            raise
        (self.home / "running.json").write_text(self.processes[FRONT].ready_file.read_text())

    def stop(self) -> int:
        """Let all drain. Returns the first exit code that is not 0."""
        for process in self.processes.values():
            process.ask_to_stop()
        codes = [process.stop() for process in self.processes.values()]
        (self.home / "running.json").unlink(missing_ok=True)
        return next((code for code in codes if code), 0)

    def kill(self) -> None:
        """End all at once."""
        for process in self.processes.values():
            process.kill()

    def wait(self) -> int:
        """Wait until one of them ends by itself. Returns its exit code."""
        while True:
            for process in self.processes.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.child.wait(_LOOK_S)

    def _prepare(self) -> None:
        self.log_file.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret_in(self.home, "service.key")
        listens = dict(ports.remembered(self.home / "ports.json", (*PROCESSES, _HTTP)))
        listens[FRONT], listens[_HTTP] = self.port or listens[FRONT], self.http_port or listens[_HTTP]
        services = ",".join(f"{service_of(name)}=127.0.0.1:{listens[name]}" for name in self._called())
        shared = {
            "TINTYPE_SERVICES": services,
            "TINTYPE_SERVICE_SECRET_FILE": str(self.home / "secrets" / "service.key"),
            **self.environment,
        }
        for name in PROCESSES:
            self.processes[name] = Library(
                self.home / name,
                shared,
                inherited=self.inherited,
                port=listens[name],
                http_port=listens[_HTTP] if name == FRONT else 0,
                log=self.log_file / f"{name}.log",
                services=(service_of(name),),
            )

    def _called(self) -> Iterable[str]:
        """The processes that others call; with TLS the first of each service, for several need one name in the DNS."""
        if "TINTYPE_TLS_CERT_FILE" not in self.environment:
            return PROCESSES
        return {service_of(name): name for name in reversed(PROCESSES)}.values()


def service_of(process: str) -> str:
    """What a process hosts."""
    return process.partition("-")[0]


def _wait_for(name: str, process: Library) -> None:
    try:
        process.wait_until_ready()
    except NotStarted as error:
        raise NotStarted(f"{name}: {error}") from error
