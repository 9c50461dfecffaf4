"""The client of the upload rows: `bare ADDRESS FOLDER STREAMS` or `sdk ADDRESS FOLDER STREAMS USER`; prints MB/s."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import uvloop
from tests.bench.library import signed_in

from tintype_sdk.uploads import CHUNK_BYTES, hash_file

Send = Callable[[Path], Awaitable[object]]


@asynccontextmanager
async def bare(address: str) -> AsyncIterator[Send]:
    """Sends chunks of the same size to the reference."""
    async with grpc.aio.insecure_channel(address) as channel:
        store: grpc.aio.StreamUnaryMultiCallable[bytes, bytes] = channel.stream_unary("/bare.Upload/Store")

        async def chunks(file: Path) -> AsyncIterator[bytes]:
            with file.open("rb") as stream:
                while data := stream.read(CHUNK_BYTES):
                    yield data

        async def send(file: Path) -> object:
            return await store(chunks(file))

        yield send


@asynccontextmanager
async def sdk(address: str, user_name: str, hashes: dict[Path, str]) -> AsyncIterator[Send]:
    """Sends through the SDK; signing in is not measured."""
    async with signed_in(address, user_name) as client:

        async def send(file: Path) -> object:
            return await client.uploads.upload_file(file, sha256=hashes[file])

        yield send


async def measure(side: str, address: str, folder: Path, streams: int, user_name: str) -> float:
    """MB/s over all files."""
    files = await asyncio.to_thread(lambda: sorted(folder.iterdir()))
    hashes = {file: hash_file(file) for file in files}
    async with bare(address) if side == "bare" else sdk(address, user_name, hashes) as send:
        queue = iter(files)

        async def stream() -> None:
            for file in queue:
                await send(file)

        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(streams):
                group.create_task(stream())
        return sum(file.stat().st_size for file in files) / 1e6 / (time.perf_counter() - start)


if __name__ == "__main__":
    side, address, folder, streams, *rest = sys.argv[1:]
    speed = uvloop.run(measure(side, address, Path(folder), int(streams), rest[0] if rest else ""))
    print(json.dumps({"mb_per_s": speed}))
