"""The bridge as a child process, where this installation has one: REST, and the gallery in a browser."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PORT: Final = 7462
READY_S: Final = 20.0  # it starts within milliseconds; a busy machine takes longer
STOP_S: Final = 20.0  # its own grace is 10 s
_POLL_S: Final = 0.02
LOOPBACK: Final = "127.0.0.0/8,::1/128"
_PACKAGED: Final = Path(__file__).resolve().parent / "bridge"  # what a platform's wheel brings


class BridgeNotStarted(Exception):
    """The bridge did not come up; says where its log is."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The binary, and the gallery that it serves: None if there is none."""

    binary: Path
    gallery: Path | None


def installed() -> Installed | None:
    """What the wheel brought; None in a wheel for every platform, which has no binary."""
    binary, gallery = _PACKAGED / "tintype-gateway", _PACKAGED / "gallery"
    if not binary.is_file():
        return None
    return Installed(binary, gallery if gallery.is_dir() else None)


def beside(port: int) -> int:
    """The port of the bridge of a library that listens on `port` and, for HTTP, on the next one."""
    return port + 2 if port else 0


def trusting() -> dict[str, str]:
    """For the library: calls come from the bridge on this machine, which says for whom."""
    return {"TINTYPE_TRUSTED_PROXIES": os.environ.get("TINTYPE_TRUSTED_PROXIES", LOOPBACK)}


def secured_as(http: str) -> dict[str, str]:
    """For the bridge of a library that speaks TLS: the same certificate, shown to browsers and to the library."""
    if not http.startswith("https:"):
        return {}
    certificate, key = (os.environ.get(f"TINTYPE_TLS_{name}_FILE", "") for name in ("CERT", "KEY"))
    shown = {
        "HOST_CA": os.environ.get("TINTYPE_TLS_CA_FILE", certificate),
        "HOST_CERTIFICATE": certificate,
        "HOST_KEY": key,
        "TLS_CERTIFICATE": certificate,
        "TLS_KEY": key,
    }
    return {f"TINTYPE_GATEWAY_{name}": value for name, value in shown.items()}


class Bridge:
    """One life of the bridge, beside a library that runs already.

    Args:
        what: what is started.
        home: where its log and its ready file lie.
    """

    def __init__(self, what: Installed, home: Path) -> None:
        self._what = what
        self._stated = home / "bridge.json"
        self.log_file = home / "bridge.log"
        self._child: subprocess.Popen[bytes] | None = None
        self.address = ""

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The process; only once it was started."""
        assert self._child is not None
        return self._child

    def start(self, library: str, http: str, *, port: int = PORT, environment: Mapping[str, str] | None = None) -> str:
        """Start it and wait until it listens. Returns its address. Raises BridgeNotStarted.

        `environment` are settings of it; what is set in our own environment goes over them.
        """
        self._stated.unlink(missing_ok=True)
        settings = {
            "TINTYPE_GATEWAY_LISTEN": f"127.0.0.1:{port}",
            "TINTYPE_GATEWAY_HOST": library,
            "TINTYPE_GATEWAY_HOST_HTTP": http,
            "TINTYPE_GATEWAY_GALLERY": str(self._what.gallery or ""),
            "TINTYPE_GATEWAY_ENDS_WITH_STDIN": "true",
            **(environment or {}),
        }
        with self.log_file.open("ab") as log:
            self._child = subprocess.Popen(
                [str(self._what.binary)],
                env={**settings, **os.environ, "TINTYPE_GATEWAY_READY_FILE": str(self._stated)},
                stdin=subprocess.PIPE,  # ends with us, however we end
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,  # Ctrl-C is ours: it stops before the library that it needs
            )
        self.address = self._wait()
        return self.address

    def _wait(self) -> str:
        deadline = time.monotonic() + READY_S
        while not self._stated.exists():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise BridgeNotStarted(f"the bridge did not start; its log is {self.log_file}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(_POLL_S)
        return str(json.loads(self._stated.read_text("utf-8"))["address"])

    def stop(self) -> int:
        """Let it drain, and end it if it does not. Returns its exit code."""
        if self._child is None:
            return 0
        self._child.terminate()
        try:
            code = self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._child.wait()
        self._close()
        self._stated.unlink(missing_ok=True)
        return code

    def kill(self) -> None:
        """End it at once."""
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
            self._child.wait()
            self._close()

    def _close(self) -> None:
        if self.child.stdin is not None:
            self.child.stdin.close()
