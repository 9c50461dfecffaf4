"""Where things are: our sources, the cache of what was built, the state of the servers of this clone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = Path(__file__).resolve().parent / "sources"


def cache_folder() -> Path:
    """What was built, for all clones of this user; TINTYPE_CACHE puts it elsewhere."""
    given = os.environ.get("TINTYPE_CACHE")
    if given:
        return Path(given).expanduser().absolute() / "servers"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "tintype" / "servers"


def state_folder() -> Path:
    """Data, logs, ports and pids of this clone's servers; TINTYPE_SERVERS puts it elsewhere."""
    given = os.environ.get("TINTYPE_SERVERS")
    return Path(given).expanduser().absolute() if given else ROOT / "build" / "servers"
