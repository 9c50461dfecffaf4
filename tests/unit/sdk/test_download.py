"""Downloads over a connection that breaks, against a server in the test."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import grpc

from tintype.v1 import media_service_pb2 as pb
from tintype.v1.media_service_pb2_grpc import MediaServiceServicer, add_MediaServiceServicer_to_server
from tintype.v1.photo_pb2 import VARIANT_ORIGINAL
from tintype_sdk import Client

DATA = bytes(range(256)) * 100
Context = grpc.aio.ServicerContext[pb.DownloadRequest, pb.DownloadResponse]


class Breaking(MediaServiceServicer):
    """Breaks off after so many bytes, then is away for so many calls."""

    def __init__(self, *, after: int, away: int) -> None:
        self.after = after
        self.away = away
        self.offsets: list[int] = []

    async def Download(self, request: pb.DownloadRequest, context: Context) -> AsyncIterator[pb.DownloadResponse]:
        self.offsets.append(request.offset)
        if 1 < len(self.offsets) <= 1 + self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "restarting")
        info = pb.MediaInfo(size_bytes=len(DATA), sha256=hashlib.sha256(DATA).hexdigest())
        yield pb.DownloadResponse(info=info)
        if len(self.offsets) == 1:
            yield pb.DownloadResponse(data=DATA[: self.after])
            await context.abort(grpc.StatusCode.UNAVAILABLE, "going away")
        yield pb.DownloadResponse(data=DATA[request.offset :])


async def download(service: Breaking, folder: Path) -> bytes:
    server, address, file = grpc.aio.server(), f"unix:{folder / 'socket'}", folder / "photo.jpg"
    add_MediaServiceServicer_to_server(service, server)
    server.add_insecure_port(address)
    await server.start()
    try:
        async with Client.open(address, key="a key") as client:
            await client.media.download("photo", file, variant=VARIANT_ORIGINAL)
    finally:
        await server.stop(None)
    return file.read_bytes()


async def test_goes_on_where_the_connection_broke(tmp_path: Path) -> None:
    service = Breaking(after=1000, away=0)
    assert await download(service, tmp_path) == DATA
    assert service.offsets == [0, 1000]


async def test_outlives_a_server_that_is_away_for_a_moment(tmp_path: Path) -> None:
    service = Breaking(after=1000, away=5)
    assert await download(service, tmp_path) == DATA
    assert service.offsets[-1] == 1000


async def test_a_connection_that_breaks_behind_the_last_byte_has_brought_everything(tmp_path: Path) -> None:
    service = Breaking(after=len(DATA), away=0)
    assert await download(service, tmp_path) == DATA
