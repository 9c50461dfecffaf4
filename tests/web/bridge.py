"""The bridge as a child process in front of a library, serving the gallery that was built."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.library import ROOT, Library, without_settings

BINARY: Final = ROOT / "build" / "gateway" / "tintype-gateway"
GALLERY: Final = ROOT / "build" / "web"
READY_S: Final = 30.0
STOP_S: Final = 15.0
_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Bridge:
    """Where browsers find it."""

    url: str


@contextlib.contextmanager
def running_bridge(library: Library, folder: Path) -> Iterator[Bridge]:
    """Started, and stopped on leaving; its log is in the folder."""
    port = _free_port()
    bridge = Bridge(f"http://127.0.0.1:{port}")
    environment = {
        **without_settings(),
        "TINTYPE_GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "TINTYPE_GATEWAY_HOST": library.address,
        "TINTYPE_GATEWAY_HOST_HTTP": library.http,
        "TINTYPE_GATEWAY_GALLERY": os.environ.get("TINTYPE_WEB_GALLERY", str(GALLERY)),
    }
    with (folder / "bridge.log").open("ab") as log:
        binary = os.environ.get("TINTYPE_WEB_BRIDGE", str(BINARY))
        child = subprocess.Popen([binary], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait_until_ready(child, bridge)
        yield bridge
    finally:
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_ready(child: subprocess.Popen[bytes], bridge: Bridge) -> None:
    deadline = time.monotonic() + READY_S
    while not _answers(bridge):
        if child.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the bridge did not become ready: its log is beside the library's")
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_POLL_S)


def _answers(bridge: Bridge) -> bool:
    try:
        with urllib.request.urlopen(f"{bridge.url}/v1/signUp", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
