"""A stream that is sent: grpc.aio cancels its call where it cannot go on, and a caller has to learn why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import grpc
import pytest

from tintype.v1 import upload_service_pb2 as pb
from tintype_sdk import MemoryTokens
from tintype_sdk.connection import Connection
from tintype_sdk.errors import Unavailable

Requests = AsyncIterator[pb.AppendUploadRequest]
Method = Callable[..., Awaitable[object]]


async def given_up(requests: Requests, **_: object) -> object:
    """What grpc.aio does when the connection breaks under a chunk, or when the chunks end in an error."""
    try:
        async for _request in requests:
            pass
    except OSError:
        pass
    raise asyncio.CancelledError


async def never_answered(requests: Requests, **_: object) -> object:
    return await asyncio.Event().wait()


async def chunks(error: Exception | None = None) -> Requests:
    yield pb.AppendUploadRequest()
    if error:
        raise error


async def send(method: Method, requests: Requests) -> None:
    async with grpc.aio.insecure_channel("unix:nowhere") as channel:
        connection = Connection(channel, key="a key", tokens=MemoryTokens())
        await connection.send(method, lambda: requests, pb.AppendUploadResponse, timeout=1)


async def test_a_connection_that_breaks_under_a_stream_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await send(given_up, chunks())


async def test_an_error_of_what_is_sent_is_raised_as_it_is() -> None:
    with pytest.raises(OSError, match="gone"):
        await send(given_up, chunks(OSError("the file is gone")))


async def test_a_caller_who_is_told_to_stop_stops() -> None:
    sending = asyncio.create_task(send(never_answered, chunks()))
    await asyncio.sleep(0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
