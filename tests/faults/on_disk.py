"""Servers whose data lies on a disk of a test's own, which may be full, read-only or lose power."""

from __future__ import annotations

import hashlib
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.native.instance import Instance
from deploy.native.server import Server as Kind
from tests.faults.disk import MIB, Disk, PowerCut, mounted
from tests.faults.victims import Server

from tintype.blobs.ports import BlobNotFound, BlobStore
from tintype.blobs.s3_open import open_url as open_s3
from tintype.kit.urls import Url
from tintype.kit.waiting import until_there

SIZE: Final = 512 * MIB
BLOBS: Final = 30


@dataclass(frozen=True)
class OnDisk:
    """A server whose data lies on a disk of its own."""

    instance: Instance
    disk: Disk

    async def power_cut(self) -> None:
        await PowerCut(self.disk, Server(self.instance)).happen()


@contextmanager
def on_disk(folder: Path, kind: Kind, *, options: str = "loop", size: int = SIZE) -> Iterator[OnDisk]:
    """Started; it ends, and its disk with it, on leaving."""
    instance = Instance(kind, folder / kind.name)
    with mounted(folder / "disk", instance.folder / "data", size=size, options=options) as disk:
        instance.start()
        try:
            yield OnDisk(instance, disk)
        finally:
            instance.kill()


@asynccontextmanager
async def originals(server: OnDisk, part: str) -> AsyncIterator[BlobStore]:
    """Its bucket, as soon as the server has found its disk; `part` names its URL."""
    url = Url(f"{server.instance.urls()[part]}/power")
    async with AsyncExitStack() as stack:
        yield await until_there(part, lambda: stack.enter_async_context(open_s3(url, "originals")))


async def originals_lost(server: OnDisk, part: str, chance: random.Random) -> int:
    """How many of those that were put right before the power failed are not there afterwards."""
    lost, put = 0, dict[str, bytes]()
    async with originals(server, part) as store:
        for _ in range(BLOBS):
            data = chance.randbytes(chance.randrange(1, 300_000))
            put[f"ann/{hashlib.sha256(data).hexdigest()}"] = data
        for key, data in put.items():
            await store.put(key, data)
    await server.power_cut()
    async with originals(server, part) as store:
        for key, data in put.items():
            try:
                assert await store.load(key) == data
            except BlobNotFound:
                lost += 1
    return lost
