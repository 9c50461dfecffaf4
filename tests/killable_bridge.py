"""The bridge before a library of its own, either of which may be killed and comes back where it was."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from tests import bridge
from tools.library import Library, running, without_settings

READY_S: Final = 30.0
STOP_S: Final = 20.0

ENVIRONMENT: Final = {
    "TINTYPE_MODEL_PACK": "builtin",
    "TINTYPE_VISION_DOWNLOAD": "false",
    "TINTYPE_ACCOUNTS_SIGN_UP": "open",
    "TINTYPE_CATALOG_TEXT": "false",
    "TINTYPE_DRAIN": "PT0S",
    "TINTYPE_LOG_FORMAT": "json",
    "TINTYPE_TRUSTED_PROXIES": "127.0.0.0/8",
    "TINTYPE_RATE_PER_SECOND": "100000",
    "TINTYPE_RATE_BURST": "100000",
}


def free_port() -> int:
    """One that nobody listens on now, and that no outgoing connection is given while who listens there is away."""
    while True:
        port = random.SystemRandom().randrange(18_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(slots=True)
class KillableBridge:
    """`tintype-gateway` before a library; started again it listens where it did."""

    library: Library
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its base, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        """Where it says what it does."""
        return self.library.home.with_suffix(".bridge.log")

    def start(self) -> None:
        """Start it and wait until it listens."""
        ready = self.library.home.with_suffix(".bridge.json")
        ready.unlink(missing_ok=True)
        settings = {
            "TINTYPE_GATEWAY_LISTEN": f"127.0.0.1:{self.port}",
            "TINTYPE_GATEWAY_HOST": self.library.address,
            "TINTYPE_GATEWAY_HOST_HTTP": self.library.http,
            "TINTYPE_GATEWAY_READY_FILE": str(ready),
            **bridge.SETTINGS,
            **self.environment,
        }
        environment = {**without_settings(), **settings}
        with self.log_file.open("ab") as log:
            self._child = subprocess.Popen(
                [str(bridge.binary())], env=environment, stdin=subprocess.DEVNULL, stderr=log
            )
        self._wait_for(self._child, ready)

    def _wait_for(self, child: subprocess.Popen[bytes], ready: Path) -> None:
        for _ in range(int(READY_S / 0.05)):
            if ready.exists():
                assert json.loads(ready.read_text())["pid"] == child.pid
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the bridge ended with {child.wait(0.05)}: {self.log_file.read_text()[-2000:]}")
        self.kill()
        pytest.fail(f"the bridge was not ready within {READY_S:.0f} s: {self.log_file.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it at once."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def stop(self) -> int:
        """Let it drain. Returns its exit code."""
        if self._child is None:
            return 0
        self._child.terminate()
        try:
            return self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


@contextlib.contextmanager
def killable(home: Path, *, services: tuple[str, ...] = (), **environment: str) -> Iterator[KillableBridge]:
    """A library, all of it unless `services` says which part, and a bridge before it; both gone after the block.

    `environment` sets up both. The library comes back on the same ports when it is killed and started again.
    """
    bridge.binary()  # before anything waits
    library = Library(
        home,
        {**ENVIRONMENT, "TINTYPE_MODELS_HOME": str(home.with_suffix(".models")), **environment},
        inherited=without_settings(),
        log=home.with_suffix(".log"),
        port=free_port(),
        http_port=free_port(),
        services=services,
    )
    with running(library):
        started = KillableBridge(library, environment)
        try:
            started.start()
            yield started
        finally:
            started.kill()
