"""Moving a library from a folder to servers and back, and a process that is killed in between."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from minio import Minio
from tests.clocks import FixedClock
from tests.movable_library import PLAIN, contents, fill, in_folder
from tests.servers import Servers

from tintype.kit.settings import PARTS, Settings
from tintype.kit.store.mongo import connected
from tintype.kit.urls import Url
from tintype.moving.command import settings_of
from tintype.moving.ends import opened_urls
from tintype.moving.guard import MoveUnfinished, refuse_unfinished
from tintype.moving.indexing import count_indexed
from tintype.moving.moving import move
from tintype.search.adapters.elasticsearch.connection import opened as opened_elasticsearch

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

CLOCK = FixedClock()
PHOTOS = 4 + PLAIN


def quiet(what: str, done: int) -> None:
    """Nobody listens."""


@pytest.fixture
def environment(servers: Servers, namespace: str) -> dict[str, str]:
    """The five URLs of a library on the servers."""
    spaces = {part: "" if part == "inference" else namespace for part in PARTS}
    return {f"TINTYPE_{part.upper()}_URL": servers.url(part, space) for part, space in spaces.items()}


@pytest.fixture
async def deployed(environment: dict[str, str], namespace: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """A library on the servers that is not there yet; gone after the test."""
    file = tmp_path / "servers.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
    settings = settings_of(file)
    yield settings
    async with connected(settings.url("database")) as client:
        await client.drop_database(namespace)
    async with opened_elasticsearch(settings.url("index")) as client:
        found = await client.indices.get(index=f"{namespace}*")
        for name in found:
            await client.indices.delete(index=name)
    await asyncio.to_thread(drop_buckets, settings.url("blobs"), namespace)


def drop_buckets(url: Url, namespace: str) -> None:
    client = Minio(endpoint=url.host, access_key=url.username, secret_key=url.password, secure=False)
    for bucket in client.list_buckets():
        if bucket.name.startswith(namespace):
            for each in client.list_objects(bucket_name=bucket.name, recursive=True):
                client.remove_object(bucket_name=bucket.name, object_name=str(each.object_name))
            client.remove_bucket(bucket_name=bucket.name)


async def indexed(settings: Settings) -> int:
    async with opened_urls(settings) as urls:
        return await count_indexed(urls, CLOCK)


async def test_a_library_goes_to_servers_and_comes_back_the_same(deployed: Settings, tmp_path: Path) -> None:
    first, last = in_folder(tmp_path / "first"), in_folder(tmp_path / "last")
    await fill(first)
    there = await move(first, deployed, CLOCK, quiet)
    assert there.whole
    assert (there.originals.count, there.indexed) == (PHOTOS, PHOTOS)
    before = await contents(first)
    assert await contents(deployed) == before
    back = await move(deployed, last, CLOCK, quiet)
    assert back.whole
    assert await contents(last) == before
    assert (await indexed(deployed), await indexed(last)) == (PHOTOS, PHOTOS)


@pytest.mark.parametrize("moment", ["originals", "photos"])
async def test_a_move_that_was_killed_is_taken_up_again(moment: str, deployed: Settings, tmp_path: Path) -> None:
    source = in_folder(tmp_path / "source")
    await fill(source)
    assert await run(source, tmp_path / "servers.env", kill_at=moment) == -signal.SIGKILL
    with pytest.raises(MoveUnfinished):
        await refuse_unfinished(deployed)
    assert await run(source, tmp_path / "servers.env") == 0
    await refuse_unfinished(deployed)
    assert await contents(deployed) == await contents(source)
    assert await indexed(deployed) == PHOTOS


async def run(source: Settings, to: Path, *, kill_at: str = "") -> int:
    """The command as a process of its own; killed, hard, as soon as it says that it has come to `kill_at`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tintype", "move", "--to", str(to)),
        env={**os.environ, "TINTYPE_HOME": str(source.home)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async for line in process.stderr:
        if kill_at and line.decode().startswith(f"{kill_at} ..."):
            process.kill()
    return await process.wait()
