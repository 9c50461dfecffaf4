"""The bridge before a library of its own, either of which may be killed and comes back where it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.native.ports import free_ports
from tests import bridge
from tools.library import Library, running, without_settings

from tintype_cli.bridge_process import Bridge, Installed

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


@dataclass(slots=True)
class KillableBridge:
    """`tintype-gateway` before a library; started again it listens where it did."""

    library: Library
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=lambda: free_ports(1)[0])
    life: Bridge = field(init=False)

    def __post_init__(self) -> None:
        self.life = Bridge(Installed(bridge.binary(), None), self.library.home)

    @property
    def url(self) -> str:
        """Its base, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        """Where it says what it does."""
        return self.life.log_file

    def start(self) -> None:
        """Start it and wait until it listens. Raises BridgeNotStarted."""
        environment = {**bridge.SETTINGS, **self.environment}
        self.life.start(self.library.address, self.library.http, port=self.port, environment=environment)

    def kill(self) -> None:
        """End it at once."""
        self.life.kill()

    def stop(self) -> int:
        """Let it drain. Returns its exit code, which says so if it had to be killed."""
        return self.life.stop()


@contextlib.contextmanager
def killable(home: Path, *, services: tuple[str, ...] = (), **environment: str) -> Iterator[KillableBridge]:
    """A library, all of it unless `services` says which part, and a bridge before it; both gone after the block.

    `environment` sets up both. The library comes back on the same ports when it is killed and started again.
    """
    bridge.binary()  # before anything waits
    port, http_port = free_ports(2)
    library = Library(
        home,
        {**ENVIRONMENT, "TINTYPE_MODELS_HOME": str(home.with_suffix(".models")), **environment},
        inherited=without_settings(),
        log=home.with_suffix(".log"),
        port=port,
        http_port=http_port,
        services=services,
    )
    with running(library):
        started = KillableBridge(library, environment)
        try:
            started.start()
            yield started
        finally:
            started.kill()
