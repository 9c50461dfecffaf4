"""Servers of a test's own, to kill and to freeze: the shared ones are everybody's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.native.fleet import SERVERS
from deploy.native.instance import Instance


def private_server(name: str, folder: Path) -> Instance:
    """One of minio, versitygw, nats, mongodb, elasticsearch, triton, in a folder of its own; not yet started."""
    kinds = {server.name: server for server in SERVERS}
    return Instance(kinds[name], folder)


@contextmanager
def private_servers(folder: Path, *names: str) -> Iterator[dict[str, Instance]]:
    """Started, each in its folder below; ended at once on leaving, whatever state they are in.

    An `Instance` has start, stop, kill, freeze, thaw, process, answers and urls. A start after a kill keeps its ports
    and data.
    """
    running = {name: private_server(name, folder / name) for name in names}
    try:
        for server in running.values():
            server.start()
        yield running
    finally:
        for server in running.values():
            server.kill()
