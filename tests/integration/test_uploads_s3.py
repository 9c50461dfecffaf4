"""Big uploads into an S3 server by the real service: killed half-way and resumed, and a server killed below it."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
from deploy.native.instance import Instance
from deploy.native.server import Server
from deploy.native.servers.minio import Minio
from deploy.native.servers.versitygw import Versitygw
from PIL import Image
from tests.library import running
from tests.s3_buckets import removed, unfinished
from tests.servers import Servers, running_servers

from tintype.blobs.connect import Store, connect
from tintype.blobs.ports import original_key
from tintype.blobs.s3_writer import PART_BYTES
from tintype.kit.urls import Url
from tintype_sdk import Client, MemoryTokens

pytestmark = [pytest.mark.servers, pytest.mark.faults]

HALF_WAY = PART_BYTES + (4 << 20)
SETTLED_WITHIN_S = 60


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JPEG of some 20 MB, for noise does not compress."""
    noise = np.random.default_rng(7).integers(0, 256, (3600, 4800, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=95)
    path = tmp_path_factory.mktemp("photo") / "noise.jpg"
    path.write_bytes(file.getvalue())
    assert path.stat().st_size > 2 * PART_BYTES
    return path


@pytest.fixture(params=["blobs", "blobs_versitygw"])
async def blobs(request: pytest.FixtureRequest, servers: Servers, namespace: str) -> AsyncIterator[Url]:
    url = Url(servers.url(request.param, namespace))
    yield url
    await removed(url)


@pytest.fixture(params=[Minio(), Versitygw()], ids=lambda server: server.name)
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """A server of this test alone."""
    running_servers()  # or the build would be part of the test
    server: Server = request.param
    instance = Instance(server, tmp_path / "server")
    instance.start()
    yield instance
    instance.kill()


async def stored(url: Url, owner_id: str, photo: Path) -> bool:
    """Whether the original lies there, with the bytes of the file."""
    data = await asyncio.to_thread(photo.read_bytes)
    async with connect(url, Store.ORIGINALS) as originals:
        key = original_key(owner_id=owner_id, sha256=hashlib.sha256(data).digest())
        left = [staged async for staged in originals.list_staged()]
        return await originals.load(key) == data and not left and await unfinished(url, key) == 0


async def test_an_upload_goes_on_after_its_service_was_killed(tmp_path: Path, photo: Path, blobs: Url) -> None:
    tokens = MemoryTokens()
    settings = {"TINTYPE_BLOBS_URL": blobs.secret}
    reached = asyncio.Event()

    def progress(sent: int) -> None:
        if sent >= HALF_WAY:
            reached.set()

    async with (
        running(tmp_path / "home", **settings) as library,
        Client.open(library.address, tokens=tokens) as client,
    ):
        user = await client.accounts.sign_up("ada", "correct horse battery staple")
        sending = asyncio.create_task(client.uploads.upload_file(photo, progress=progress))
        await reached.wait()
        library.kill()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    began: list[int] = []
    async with (
        running(tmp_path / "home", **settings) as library,
        Client.open(library.address, tokens=tokens) as client,
    ):
        uploaded = await client.uploads.upload_file(photo, progress=began.append)
        assert not uploaded.already_existed
    assert began[0] % PART_BYTES == 0
    assert await stored(blobs, user.user_id, photo)


async def test_an_upload_outlives_the_death_of_the_store(tmp_path: Path, photo: Path, own_server: Instance) -> None:
    url = Url(next(iter(own_server.urls().values())) + "/photos")
    reached = asyncio.Event()

    def progress(sent: int) -> None:
        if sent >= HALF_WAY:
            reached.set()

    async with (
        running(tmp_path / "home", TINTYPE_BLOBS_URL=url.secret) as library,
        Client.open(library.address, tokens=MemoryTokens()) as client,
    ):
        user = await client.accounts.sign_up("ada", "correct horse battery staple")
        sending = asyncio.create_task(client.uploads.upload_file(photo, progress=progress))
        await reached.wait()
        await asyncio.to_thread(own_server.kill)
        await asyncio.to_thread(own_server.start)
        async with asyncio.timeout(SETTLED_WITHIN_S):
            uploaded = await sending
        assert uploaded.photo.photo_id
        assert await stored(url, user.user_id, photo)
