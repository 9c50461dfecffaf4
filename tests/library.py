"""A library in a process of its own, on a home that outlives it: started, killed and started again by tests."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_S = 60
POLL_S = 0.02
SETTINGS: Mapping[str, str] = {
    "TINTYPE_PORT": "0",
    "TINTYPE_HTTP_PORT": "0",
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
    "TINTYPE_UPLOAD_SWEEP_EVERY": "PT2S",
    "TINTYPE_ACCOUNTS_ERASURE_REPEAT": "PT2S",
    "TINTYPE_ACCOUNTS_ERASURE_SETTLE": "PT0.2S",
}


@dataclass(frozen=True)
class Library:
    """One life of the process."""

    process: asyncio.subprocess.Process
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


async def ended(process: asyncio.subprocess.Process) -> int:
    async with asyncio.timeout(START_S):
        return await process.wait()


async def started(home: Path, *, module: str = "tintype", **settings: str) -> Library:
    """Start it and wait until it is ready. Whoever calls this ends it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TINTYPE_")}
    paths = os.pathsep.join(str(ROOT / part) for part in ("services", "clients/python", "clients/cli", "."))
    environment = {**own, "PYTHONPATH": paths, "TINTYPE_HOME": str(home), **SETTINGS, **settings}
    home.parent.mkdir(parents=True, exist_ok=True)
    log, ready = home.with_suffix(".log"), home.with_suffix(".ready")
    ready.unlink(missing_ok=True)
    with log.open("ab") as stream:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, "--ready-file", str(ready)),
            env=environment,
            cwd=ROOT,
            stdout=stream,
            stderr=stream,
        )
    try:
        stated = await _stated(process, ready)
    except BaseException:
        if process.returncode is None:
            process.kill()
        await process.wait()
        raise
    return Library(process, str(stated["address"]), str(stated["http"]), log)


async def _stated(process: asyncio.subprocess.Process, ready: Path) -> Mapping[str, object]:
    async with asyncio.timeout(START_S):
        while (stated := _read(ready)) is None:
            assert process.returncode is None, f"it ended with {process.returncode} before it was ready"
            await asyncio.sleep(POLL_S)
    assert stated["pid"] == process.pid
    return stated


def _read(ready: Path) -> Mapping[str, object] | None:
    if not ready.exists():
        return None
    stated: Mapping[str, object] = json.loads(ready.read_text())
    return stated


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
