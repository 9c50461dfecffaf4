"""Every service in a process of its own, on the real servers: to a client it makes no difference which one it asks."""

from __future__ import annotations

import asyncio
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.profiles import SERVERS, library_on
from tools.deployment import PROCESSES, Deployment

from tintype.v1 import operation_pb2, photo_pb2
from tintype_sdk import Client, MemoryTokens
from tintype_sdk.errors import TintypeError, Unauthenticated

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]

PASSWORD = "eleven-lilac-otters-sing"
PICTURES = Path(__file__).resolve().parents[2] / "demo" / "pictures"
ENVIRONMENT = {
    "TINTYPE_MODEL_PACK": "builtin",
    "TINTYPE_VISION_DOWNLOAD": "false",
    "TINTYPE_ACCOUNTS_SIGN_UP": "open",
    "TINTYPE_CATALOG_TEXT": "false",
    "TINTYPE_DRAIN": "PT0S",
}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A library of six processes."""
    folder = tmp_path_factory.mktemp("deployment")
    environment = {**ENVIRONMENT, "TINTYPE_MODELS_HOME": str(folder / "models")}
    with library_on(SERVERS, folder / "home", environment) as library:
        assert isinstance(library, Deployment)
        yield library


@pytest.fixture(scope="module")
def tokens(deployment: Deployment) -> MemoryTokens:
    """Of the administrator, who has one picture."""
    kept = MemoryTokens()

    async def sign_up() -> None:
        async with Client.open(deployment.address, tokens=kept) as client:
            await client.accounts.sign_up("ada", PASSWORD)
            await client.uploads.upload_file(PICTURES / "red-barn.jpg")

    asyncio.run(sign_up())
    return kept


async def until(condition: Callable[[], Awaitable[object]], *, timeout_s: float = 60) -> float:
    """How long it took to come true."""
    begin = time.monotonic()
    async with asyncio.timeout(timeout_s):
        while True:
            if await condition():
                return time.monotonic() - begin
            await asyncio.sleep(0.1)


@asynccontextmanager
async def asking(deployment: Deployment, process: str, tokens: MemoryTokens) -> AsyncIterator[Client]:
    """A client of one process."""
    async with Client.open(deployment.processes[process].address, tokens=tokens) as client:
        yield client


@pytest.mark.parametrize("process", PROCESSES)
async def test_every_process_answers_for_all(deployment: Deployment, tokens: MemoryTokens, process: str) -> None:
    async with asking(deployment, process, tokens) as client:
        assert (await client.accounts.show()).user_name == "ada"
        assert [photo.file_name async for photo in client.photos.all()] == ["red-barn.jpg"]
        await client.search.photos("red barn")
        assert {sweep.sweep for sweep in await client.admin.sweeps()} >= {"S2", "S3", "S4-uploads", "accounts-audit"}

        async def have_their_jobs() -> bool:  # a process states what it has every 10 s
            return {job.consumer for job in await client.admin.jobs()} >= {"search", "upload", "analysis-person"}

        await until(have_their_jobs)
        assert "photos" in (await client.admin.statistics()).values
        assert {pack.pack for pack in await client.admin.models()} == {"builtin"}


async def test_an_operation_is_run_by_the_process_that_owns_it(deployment: Deployment, tokens: MemoryTokens) -> None:
    async with asking(deployment, "accounts", tokens) as accounts, asking(deployment, "upload", tokens) as upload:
        operation = await accounts.admin.run_sweep("S3")
        states = [each.state async for each in upload.operations.watch(operation.operation_id)]
        assert states[-1] == operation_pb2.OPERATION_STATE_SUCCEEDED


async def test_who_signs_out_is_refused_by_all_within_a_second(deployment: Deployment, tokens: MemoryTokens) -> None:
    session = MemoryTokens()
    async with asking(deployment, "search", session) as search, asking(deployment, "accounts", session) as accounts:
        await accounts.accounts.sign_in("ada", PASSWORD)
        await search.search.status()
        kept = session.load()
        assert kept is not None
        await accounts.accounts.sign_out()
        session.save(kept)

        async def refused() -> bool:
            try:
                await search.search.status()
            except Unauthenticated:
                return True
            return False

        assert await until(refused, timeout_s=10) < 2.5


async def test_media_urls_lead_to_the_process_that_has_the_route(deployment: Deployment, tokens: MemoryTokens) -> None:
    async with asking(deployment, "upload", tokens) as client:
        (photo,) = [photo async for photo in client.photos.all()]

        async def ready() -> bool:
            return (await client.photos.get(photo.photo_id)).state == photo_pb2.PHOTO_STATE_READY

        await until(ready)
        signed = await client.media.sign(photo.photo_id, photo_pb2.VARIANT_THUMBNAIL)
        assert signed.url.startswith(deployment.http)
        assert (await asyncio.to_thread(fetched, signed.url))[:2] == b"\xff\xd8"


async def test_a_photo_comes_through_four_processes_and_is_found(deployment: Deployment, tokens: MemoryTokens) -> None:
    async with asking(deployment, "catalog", tokens) as client:

        async def found() -> bool:
            hits = (await client.search.photos("snow")).hits
            return [hit.photo.file_name for hit in hits][:1] == ["IMG_1107.jpg"]

        await client.uploads.upload_file(PICTURES / "IMG_1107.jpg")
        await until(found)


async def test_without_accounts_nobody_is_believed_and_with_it_all_go_on(
    deployment: Deployment, tokens: MemoryTokens
) -> None:
    async with asking(deployment, "search", tokens) as client:
        accounts = deployment.processes["accounts"]
        accounts.kill()
        try:

            async def refused() -> bool:
                try:
                    await client.search.status()
                except TintypeError as error:
                    return error.reason == "UNAVAILABLE"
                return False

            await until(refused, timeout_s=20)
        finally:
            await asyncio.to_thread(accounts.start)

        async def answered() -> bool:
            return not await refused()

        await until(answered, timeout_s=20)


def test_no_process_says_what_only_developers_need_to_know(deployment: Deployment, tokens: MemoryTokens) -> None:
    for name, process in deployment.processes.items():
        said = process.log_file.read_text()
        assert "Warning" not in said, name
        assert "Traceback" not in said, name
        assert PASSWORD not in said, name


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return bytes(answer.read())
