"""Moving a library from a folder to servers and back, between servers, and a process that is killed in between."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.clean_servers import remove_namespace
from tests.clocks import FixedClock
from tests.movable_library import PLAIN, contents, fill, in_folder
from tests.servers import Servers, own_namespace

from tintype.kit.settings import PARTS, Settings
from tintype.moving.command import settings_of
from tintype.moving.ends import opened_urls
from tintype.moving.guard import MoveUnfinished, refuse_unfinished
from tintype.moving.indexing import count_indexed
from tintype.moving.moving import move

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

CLOCK = FixedClock()
PHOTOS = 4 + PLAIN


def quiet(what: str, done: int) -> None:
    """Nobody listens."""


@contextmanager
def library_on(servers: Servers, file: Path, *, store: str) -> Iterator[Settings]:
    """A library on the servers that is not there yet, described by a file; nothing is left of it on leaving."""
    namespace = own_namespace()
    urls = {part: servers.url(store if part == "blobs" else part, namespace) for part in PARTS}
    urls["inference"] = servers.inference
    file.write_text("".join(f"TINTYPE_{part.upper()}_URL={url}\n" for part, url in urls.items()))
    try:
        yield settings_of(file)
    finally:
        remove_namespace(servers, namespace)


@pytest.fixture
def deployed(servers: Servers, tmp_path: Path) -> Iterator[Settings]:
    """With its files in MinIO."""
    with library_on(servers, tmp_path / "servers.env", store="blobs") as settings:
        yield settings


@pytest.fixture
def elsewhere(servers: Servers, tmp_path: Path) -> Iterator[Settings]:
    """With its files in versitygw."""
    with library_on(servers, tmp_path / "elsewhere.env", store="blobs_versitygw") as settings:
        yield settings


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


async def test_a_library_goes_from_one_store_of_objects_to_another(
    deployed: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    first = in_folder(tmp_path / "first")
    await fill(first)
    assert (await move(first, deployed, CLOCK, quiet)).whole
    assert (await move(deployed, elsewhere, CLOCK, quiet)).whole
    assert await contents(elsewhere) == await contents(first)
    assert await indexed(elsewhere) == PHOTOS


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
