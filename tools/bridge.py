"""The bridge and the gallery of this clone beside a library: built if they are older than their code, and started."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from tools.build_bridge import NotBuilt, gallery, gateway
from tools.toolchain import NoToolchain

from tintype_cli.bridge_process import Bridge, BridgeNotStarted, Installed, secured_as

BUILDING: Final = "Building the bridge and the gallery (the first time this takes some minutes) ..."


def built(console: Console) -> Installed | None:
    """What this clone holds, built. Without it the library serves gRPC alone, and the console says why."""
    try:
        with console.status(BUILDING):
            binary = gateway()
        with console.status(BUILDING):
            return Installed(binary, gallery())
    except (NotBuilt, NoToolchain) as error:
        console.print(f"No gallery: {error}. The library itself does not need it.", markup=False)
        return None


@contextmanager
def beside(console: Console, home: Path, library: str, http: str, *, port: int) -> Iterator[str]:
    """The bridge's address while the block runs; empty where it could not be built or started."""
    what = built(console)
    bridge = Bridge(what, home) if what else None
    try:
        yield _started(console, bridge, library, http, port) if bridge else ""
    finally:
        if bridge:
            bridge.stop()


def _started(console: Console, bridge: Bridge, library: str, http: str, port: int) -> str:
    try:
        return bridge.start(library, http, port=port, environment=secured_as(http))
    except BridgeNotStarted as error:
        console.print(f"No gallery: {error}", markup=False)
        return ""


def running_beside(home: Path) -> str:
    """The address of the bridge of a library that runs already; empty if it has none."""
    try:
        stated = json.loads((home / "bridge.json").read_text("utf-8"))
        os.kill(int(stated["pid"]), 0)
    except (OSError, ValueError, KeyError):
        return ""
    return str(stated["address"])
