"""A real library as a child process, for candidates to be measured on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tintype.catalog.adapters.documents import RESULTS
from tintype.catalog.domain.stage import Stage
from tintype.v1 import catalog_service_pb2, photo_filter_pb2, photo_pb2
from tintype.vision.ports import Matrix
from tintype_sdk import Client
from tintype_sdk.errors import AlreadyExists

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a password that only this benchmark uses"
START_S = 60.0
POLL_S = 0.05


@dataclass(frozen=True)
class Library:
    """Where it is reached, and its process."""

    address: str
    pid: int
    home: Path

    def resident_mib(self) -> float:
        """Memory of the process and its decoders."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(_resident_kib(int(pid)) for pid in (str(self.pid), *children)) / 1024


def _resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


@asynccontextmanager
async def library(home: Path, *services: str, environment: Mapping[str, str] | None = None) -> AsyncIterator[Library]:
    """Start it on free ports, and end it."""
    ready = home / "bench-ready.json"
    ready.unlink(missing_ok=True)
    env = os.environ | {
        "TINTYPE_HOME": str(home),
        "TINTYPE_PORT": "0",
        "TINTYPE_HTTP_PORT": "0",
        "TINTYPE_LOG_LEVEL": "WARNING",
        "TINTYPE_DRAIN": "PT0S",
        "TINTYPE_ACCOUNTS_SIGN_UP": "open",
        "TINTYPE_RATE_PER_SECOND": "100000",
        "TINTYPE_RATE_BURST": "100000",
        **(environment or {}),
    }
    with (home / "bench.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tintype", *services, "--ready-file", str(ready)),
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
        )
    try:
        async with asyncio.timeout(START_S):
            while not ready.exists():
                if child.returncode is not None:
                    raise RuntimeError(f"the library ended at its start: {(home / 'bench.log').read_text()[-2000:]}")
                await asyncio.sleep(0.05)
        yield Library(json.loads(ready.read_text())["address"], child.pid, home)
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        await child.wait()


@asynccontextmanager
async def signed_in(address: str, user_name: str) -> AsyncIterator[Client]:
    """A client of a user, who is made if the library does not know him."""
    async with Client.open(address) as client:
        try:
            await client.accounts.sign_up(user_name, PASSWORD)
        except AlreadyExists:
            await client.accounts.sign_in(user_name, PASSWORD)
        yield client


async def until_ready(client: Client) -> None:
    """Return once no photo of the user is being processed; asked so that it costs the library next to nothing."""
    processing = photo_filter_pb2.PhotoFilter(states=[photo_pb2.PHOTO_STATE_PROCESSING])
    request = catalog_service_pb2.ListPhotosRequest(filter=processing, page_size=1)
    while True:
        if not (await client.photos.page(request)).photos:
            return
        await asyncio.sleep(POLL_S)


def stored_vectors(at: Library) -> dict[str, Matrix]:
    """The vectors that the library keeps, by photo id."""
    return {photo_id: np.frombuffer(found.vector, "<f4") for photo_id, found in _stored(at, Stage.EMBED)}


def stored_texts(at: Library) -> dict[str, list[str]]:
    """The lines that the library has read, by photo id."""
    return {photo_id: [line.text for line in found.lines] for photo_id, found in _stored(at, Stage.TEXT)}


def _stored(at: Library, stage: Stage) -> list[tuple[str, Any]]:
    """The results of a stage, read from the library's file beside it."""
    query = "SELECT photo_id, schema, doc FROM results WHERE stage = ?"
    with closing(sqlite3.connect(f"file:{at.home / 'library.db'}?mode=ro", uri=True)) as database:
        rows = database.execute(query, (stage.value,)).fetchall()
    return [(photo_id, RESULTS[stage].load_text(doc, schema=schema)) for photo_id, schema, doc in rows]


def fresh_home() -> tempfile.TemporaryDirectory[str]:
    """A folder for a library that ends with the benchmark; on the disk, not in memory."""
    return tempfile.TemporaryDirectory(prefix="tintype-bench-", dir=os.environ.get("TINTYPE_BENCH_HOME"))
