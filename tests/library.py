"""`tools.library` for asynchronous tests: a library on a home that outlives it, started, killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tools.library import ROOT, STOP_S, without_settings
from tools.library import Library as Served

SETTINGS: Mapping[str, str] = {
    "TINTYPE_DRAIN": "PT0S",
    "TINTYPE_LOG_FORMAT": "json",
    "TINTYPE_MODEL_PACK": "builtin",
    "TINTYPE_ACCOUNTS_SIGN_UP": "open",
    "TINTYPE_RATE_PER_SECOND": "100000",
    "TINTYPE_RATE_BURST": "100000",
    # What repairs within minutes or hours repairs within seconds here.
    "TINTYPE_ANALYSIS_ACK_WAIT": "PT5S",
    "TINTYPE_SEARCH_ACK_WAIT": "PT5S",
    "TINTYPE_SEARCH_SWEEP_EVERY": "PT2S",
    "TINTYPE_CATALOG_TEXT": "false",  # it comes after READY, and takes longer than all the rest
    "TINTYPE_CATALOG_REMAINS_EVERY": "PT2S",
    "TINTYPE_CATALOG_ORPHANS_EVERY": "PT2S",
    "TINTYPE_CATALOG_STRAYS_EVERY": "PT10S",
    "TINTYPE_CATALOG_STRAYS_AFTER": "PT5S",
    "TINTYPE_UPLOAD_SWEEP_EVERY": "PT2S",
    "TINTYPE_ACCOUNTS_ERASURE_REPEAT": "PT2S",
    "TINTYPE_ACCOUNTS_ERASURE_SETTLE": "PT0.2S",
}


@dataclass(frozen=True)
class Process:
    """The process itself."""

    child: Popen[bytes]

    @property
    def pid(self) -> int:
        return self.child.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self.child.poll()

    def send_signal(self, number: int) -> None:
        self.child.send_signal(number)

    def terminate(self) -> None:
        self.child.terminate()

    def kill(self) -> None:
        self.child.kill()

    async def wait(self) -> int:
        """Raises subprocess.TimeoutExpired if it does not end."""
        return await asyncio.to_thread(self.child.wait, STOP_S)


@dataclass(frozen=True)
class Library:
    """One life of the process."""

    process: Process
    address: str
    http: str
    log: Path

    def kill(self) -> None:
        self.process.kill()

    async def stopped(self) -> int:
        """Told to end, and gone."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await ended(self.process)


async def ended(process: Process) -> int:
    return await process.wait()


async def started(home: Path, *, module: str = "tintype", **settings: str) -> Library:
    """Start it and wait until it is ready. Whoever calls this ends it."""
    paths = os.pathsep.join(str(ROOT / part) for part in ("services", "clients/python", "clients/cli", "."))
    environment = {"PYTHONPATH": paths, **SETTINGS, **settings}
    log = home.with_suffix(".log")
    served = Served(home, environment, inherited=without_settings(), log=log, module=module)
    try:
        await asyncio.to_thread(served.start)
    except asyncio.CancelledError:
        served.kill()
        raise
    return Library(Process(served.child), served.address, served.http, log)


@asynccontextmanager
async def running(home: Path, *, module: str = "tintype", **settings: str) -> AsyncIterator[Library]:
    """A library that is gone at the end of the block, however that is left."""
    library = await started(home, module=module, **settings)
    try:
        yield library
    finally:
        if library.process.returncode is None:
            library.kill()
        await library.process.wait()
