"""The client of the upload rows; prints MB/s: `bare ADDRESS FOLDER STREAMS`, `s3 URL ...`, `sdk ADDRESS ... USER`."""

from __future__ import annotations

import asyncio
import io
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import grpc
import uvloop
from minio import Minio
from tests.bench.library import signed_in

from tintype.kit.urls import Url
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


@asynccontextmanager
async def s3(url: str, streams: int) -> AsyncIterator[Send]:
    """Puts into a bucket that is there, each time under another key; a thread for each stream."""
    to = Url(url)
    secure = to.scheme == "s3+https"
    minio = Minio(to.host, access_key=to.username, secret_key=to.password, secure=secure, region="us-east-1")
    bucket, run = to.path.strip("/"), secrets.token_hex(8)

    def put(file: Path) -> None:
        data = file.read_bytes()
        minio.put_object(bucket, f"bare/{run}/{file.name}", io.BytesIO(data), len(data))

    with ThreadPoolExecutor(streams) as threads:

        async def send(file: Path) -> object:
            return await asyncio.get_running_loop().run_in_executor(threads, put, file)

        yield send


def sender(
    side: str, address: str, streams: int, user_name: str, hashes: dict[Path, str]
) -> AbstractAsyncContextManager[Send]:
    """One of the three ways."""
    if side == "bare":
        return bare(address)
    return s3(address, streams) if side == "s3" else sdk(address, user_name, hashes)


async def measure(side: str, address: str, folder: Path, streams: int, user_name: str) -> float:
    """MB/s over all files."""
    files = await asyncio.to_thread(lambda: sorted(folder.iterdir()))
    hashes = {file: hash_file(file) for file in files}
    async with sender(side, address, streams=streams, user_name=user_name, hashes=hashes) as send:
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
