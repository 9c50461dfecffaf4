"""Ports of 127.0.0.1: chosen once for each folder, kept as long as nobody else has taken them."""

from __future__ import annotations

import json
import random
import socket
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

# Below the range from which Linux takes ports for outgoing connections: those could take a server's while it restarts.
RANGE: Final = range(20000, 32000)
_TRIES: Final = 1000
_LOOKS: Final = 50
_LOOK_EVERY_S: Final = 0.1


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def becomes_free(port: int) -> bool:
    """Whether it is free soon: that of a server that was just killed is not always so at once."""
    never = threading.Event()
    for _ in range(_LOOKS):
        if is_free(port):
            return True
        never.wait(_LOOK_EVERY_S)
    return False


def free_ports(count: int, *, taken: Iterable[int] = ()) -> list[int]:
    """So many free ports, none of them `taken`."""
    found: list[int] = []
    avoided = set(taken)
    for port in random.sample(RANGE, _TRIES):
        if len(found) == count:
            break
        if port not in avoided and is_free(port):
            found.append(port)
    return found


def remembered(file: Path, names: tuple[str, ...]) -> Mapping[str, int]:
    """The ports of this folder by name: the same as last time where they are still free."""
    try:
        known = {name: int(port) for name, port in json.loads(file.read_text()).items()}
    except (OSError, ValueError, AttributeError):
        known = {}
    kept = {name: known[name] for name in names if name in known and becomes_free(known[name])}
    missing = [name for name in names if name not in kept]
    ports = kept | dict(zip(missing, free_ports(len(missing), taken=kept.values()), strict=True))
    if ports != known:
        file.write_text(json.dumps(ports))
    return ports


def stated(file: Path) -> Mapping[str, int]:
    """The ports as they were last chosen, whether free or not."""
    return {name: int(port) for name, port in json.loads(file.read_text()).items()}
