"""Told to end with uploads on their way: nothing in flight is cut within the grace, nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import hashlib
import re
import signal
import urllib.request
from collections.abc import AsyncIterator, Callable

import google_crc32c
import grpc
import pytest
from tests.drawn import draw
from tests.faults.scale import scaled
from tests.invariants import Expected, settled, stores_of, violations
from tests.library import Library, ended, running
from tests.sites import Site, site

from tintype.v1 import upload_service_pb2 as pb
from tintype.v1.upload_service_pb2_grpc import UploadServiceStub
from tintype_sdk import Client, MemoryTokens

__all__ = ["site"]

UPLOADS = 200
DRAINS = scaled(3, 30)
WAIT_S = 60
POLL_S = 0.05
PASSWORD = "correct horse battery staple"
IN_FLIGHT = re.compile(r"^tintype_rpc_in_flight\{.*UploadPhoto.*\} ([0-9.]+)$", re.MULTILINE)


async def halves(data: bytes, release: asyncio.Event) -> AsyncIterator[pb.UploadPhotoRequest]:
    """A photo in two chunks, the second when it is let go."""
    header = pb.UploadHeader(file_name="a.jpg", size_bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    middle = len(data) // 2
    yield pb.UploadPhotoRequest(header=header, chunk=chunk(data[:middle], 0))
    await release.wait()
    yield pb.UploadPhotoRequest(chunk=chunk(data[middle:], middle))


def chunk(data: bytes, offset: int) -> pb.Chunk:
    return pb.Chunk(offset=offset, data=data, crc32c=google_crc32c.value(data))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            if await asyncio.to_thread(condition):
                return
            await asyncio.sleep(POLL_S)


def in_flight(library: Library) -> float:
    with urllib.request.urlopen(f"{library.http}/metrics", timeout=10) as answer:
        found = IN_FLIGHT.search(answer.read().decode())
    return float(found[1]) if found else 0


@pytest.mark.faults
@pytest.mark.timeout(scaled(300, 7_200))
async def test_two_hundred_uploads_in_flight_end_well_after_sigterm_and_stay(site: Site) -> None:
    home, tokens, acknowledged = site.home, MemoryTokens(), set[str]()
    async with running(home, **site.urls) as library, Client.open(library.address, tokens=tokens) as client:
        owner_id = (await client.accounts.sign_up("ada", PASSWORD)).user_id
        assert await library.stopped() == 0
    for number in range(DRAINS):
        pictures = [draw(seed) for seed in range(number * UPLOADS, (number + 1) * UPLOADS)]
        acknowledged |= await drained(site, tokens, pictures)
    async with running(home, **site.urls) as library, Client.open(library.address, tokens=tokens) as client:
        await settled(client)
        assert await library.stopped() == 0
    async with stores_of(home, site.urls) as stores:
        assert await violations(stores, Expected(owner_id, acknowledged)) == []


async def drained(site: Site, tokens: MemoryTokens, pictures: list[bytes]) -> set[str]:
    """End the process with all of them in flight; what it acknowledged, which is all of them."""
    home, release = site.home, asyncio.Event()
    async with running(home, **site.urls) as library:
        kept = tokens.load()
        assert kept is not None
        metadata = [("authorization", f"Bearer {kept.access_token}")]
        async with grpc.aio.insecure_channel(library.address) as channel:
            stub = UploadServiceStub(channel)
            calls = [stub.UploadPhoto(halves(data, release), metadata=metadata) for data in pictures]
            await until(lambda: in_flight(library) == UPLOADS)
            library.process.send_signal(signal.SIGTERM)
            await until(lambda: '"draining"' in library.log.read_text())
            release.set()
            answers = await asyncio.gather(*calls)
        assert await ended(library.process) == 0
    acknowledged = {answer.photo.sha256 for answer in answers}
    assert acknowledged == {hashlib.sha256(data).hexdigest() for data in pictures}
    return acknowledged
