"""The process of guard.py: waits until its starter is gone, then ends the servers that it left."""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.native import processes
from deploy.native.fleet import SERVERS
from deploy.native.guard import PID_FILE
from deploy.native.instance import Instance


def main() -> None:
    for line in sorted(set(sys.stdin)):  # ends when the starter does: its pipe closes
        name, _, folder = line.rstrip("\n").partition(" ")
        identity = processes.load(Path(folder) / PID_FILE)
        if identity is not None:
            processes.kill(identity)
            _clear(name, Path(folder))


def _clear(name: str, folder: Path) -> None:
    """What a server left outside of its folder."""
    for server in SERVERS:
        if server.name == name:
            server.ended(Instance(server, folder).place)


if __name__ == "__main__":
    main()
