"""A real library as a child process, for candidates to be measured on."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tintype.v1 import photo_filter_pb2, photo_pb2
from tintype_sdk import Client
from tintype_sdk.errors import AlreadyExists

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a password that only this benchmark uses"
START_S = 60.0


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
        child = subprocess.Popen(
            [sys.executable, "-m", "tintype", *services, "--ready-file", str(ready)],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
        )
    try:
        async with asyncio.timeout(START_S):
            while not ready.exists():
                if child.poll() is not None:
                    raise RuntimeError(f"the library ended at its start: {(home / 'bench.log').read_text()[-2000:]}")
                await asyncio.sleep(0.05)
        yield Library(json.loads(ready.read_text())["address"], child.pid, home)
    finally:
        child.send_signal(signal.SIGTERM)
        await asyncio.to_thread(child.wait)


@asynccontextmanager
async def signed_in(address: str, user_name: str) -> AsyncIterator[Client]:
    """A client of a user, who is made if the library does not know him."""
    async with Client.open(address) as client:
        try:
            await client.accounts.sign_up(user_name, PASSWORD)
        except AlreadyExists:
            await client.accounts.sign_in(user_name, PASSWORD)
        yield client


async def count_ready(client: Client) -> int:
    """How many photos of the user are fully processed."""
    ready = photo_filter_pb2.PhotoFilter(
        states=[photo_pb2.PHOTO_STATE_READY, photo_pb2.PHOTO_STATE_PARTIAL, photo_pb2.PHOTO_STATE_FAILED]
    )
    return len([photo async for photo in client.photos.all(photo_filter=ready)])


def fresh_home() -> tempfile.TemporaryDirectory[str]:
    """A folder for a library that ends with the benchmark; on the disk, not in memory."""
    return tempfile.TemporaryDirectory(prefix="tintype-bench-", dir=os.environ.get("TINTYPE_BENCH_HOME"))
