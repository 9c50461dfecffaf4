"""One upload as it is on the wire, without the patience of the SDK: what a client is told."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import google_crc32c
import grpc
from tests.faults.owner import Owner

from tintype.v1 import upload_service_pb2 as pb
from tintype.v1.upload_service_pb2_grpc import UploadServiceStub

CHUNK: Final = 256 * 1024
OK: Final = "OK"


async def told(owner: Owner, file: Path, *, within_s: float, held: asyncio.Event | None = None) -> str:
    """The status of one call. The last byte is kept back until `held` is set."""
    tokens = owner.tokens.load()
    assert tokens is not None
    metadata = [("authorization", f"Bearer {tokens.access_token}")]
    async with grpc.aio.insecure_channel(owner.address) as channel:
        stub = UploadServiceStub(channel)
        try:
            await stub.UploadPhoto(parts(file, held), metadata=metadata, timeout=within_s)
        except grpc.aio.AioRpcError as error:
            return error.code().name
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return grpc.StatusCode.UNAVAILABLE.name  # what grpc.aio makes of a connection that breaks under a stream
    owner.acknowledged.add(file)
    return OK


async def parts(file: Path, held: asyncio.Event | None) -> AsyncIterator[pb.UploadPhotoRequest]:
    """A photo in chunks."""
    data = await asyncio.to_thread(file.read_bytes)
    header = pb.UploadHeader(file_name=file.name, size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    yield pb.UploadPhotoRequest(header=header)
    for offset in range(0, len(data), CHUNK):
        part = data[offset : offset + CHUNK]
        if offset + CHUNK >= len(data) and held is not None:
            await held.wait()
        chunk = pb.Chunk(offset=offset, data=part, crc32c=google_crc32c.value(part))
        yield pb.UploadPhotoRequest(chunk=chunk)
