"""Files made to break decoders, in the middle of an ordinary import: each ends clearly, and nothing else suffers."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from tests.drawn import draw
from tests.library import Library, running
from tests.sites import Site, site

from tintype.v1 import photo_pb2
from tintype_sdk.client import Client
from tintype_sdk.importer import Importer, Report

__all__ = ["site"]

ORDINARY: Final = 300
WAIT_S: Final = 150  # a decoder that hangs is given its time, twice; two cores have other work beside
POLL_S: Final = 0.2
MOST_RSS_BYTES: Final = 2 << 30  # the process and its decoders; some 0.7 GiB were measured with two of them

Photos = Mapping[str, photo_pb2.Photo]


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += children(int(child))
    return found


def rss_bytes(pid: int) -> int:
    """What a process and all below it hold in memory now; shared pages count in each."""
    total = 0
    for each in children(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{each}/status").read_text().splitlines()
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
    return total


@asynccontextmanager
async def peak_of(pid: int) -> AsyncIterator[list[int]]:
    """The highest memory seen while the block runs, as the only item."""
    peak = [0]

    async def watch() -> None:
        while True:
            peak[0] = max(peak[0], rss_bytes(pid))
            await asyncio.sleep(POLL_S)

    watching = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        watching.cancel()


def mixed(folder: Path, hostile: Path) -> dict[str, bool]:
    """A folder of both kinds, one among the other; which of its files are hostile, by name."""
    folder.mkdir()
    kinds = {}
    for number in range(ORDINARY):
        name = f"{number * 997 % 1000:03}-ordinary-{number}.jpg"
        (folder / name).write_bytes(draw(number))
        kinds[name] = False
    for number, file in enumerate(sorted(each for each in hostile.iterdir() if each.is_file())):
        name = f"{number * 611 % 1000:03}-hostile-{file.name}"
        shutil.copyfile(file, folder / name)
        kinds[name] = True
    return kinds


async def settled(client: Client) -> Photos:
    """All photos by file name, once none is processed any more."""
    async with asyncio.timeout(WAIT_S):
        while True:
            photos = {photo.file_name: photo async for photo in client.photos.all()}
            if all(photo.state != photo_pb2.PHOTO_STATE_PROCESSING for photo in photos.values()):
                return photos
            await asyncio.sleep(POLL_S)


def ends(names: list[str], report: Report, photos: Photos) -> dict[str, str]:
    """How each file ended: refused with a reason, or a photo in a state; empty where nobody can tell."""
    refused = {refusal.path.name: refusal.reason for refusal in report.refusals}
    return {name: refused.get(name) or (outcome(photos[name]) if name in photos else "") for name in names}


def outcome(photo: photo_pb2.Photo) -> str:
    """The state; one that is short of READY only with the reason of a stage."""
    state = photo_pb2.PhotoState.Name(photo.state).removeprefix("PHOTO_STATE_")
    reasons = [status.error for status in photo.stages if status.state == photo_pb2.STAGE_STATE_FAILED]
    return state if state == "READY" or (reasons and all(reasons)) else ""


async def found_by_words(library: Library, client: Client) -> int:
    """How many photos a search finds, once the index has heard of everything."""
    async with asyncio.timeout(WAIT_S):
        pending = 1
        while pending:
            await asyncio.sleep(POLL_S)
            pending = (await client.search.status()).pending
    assert library.process.returncode is None
    return len((await client.search.photos("red")).hits)


@pytest.mark.hostile
@pytest.mark.timeout(420)
async def test_hostile_files_end_clearly_and_ordinary_ones_get_in(samples: Path, tmp_path: Path, site: Site) -> None:
    kinds = mixed(tmp_path / "mixed", samples / "hostile")
    hostile = [name for name, is_hostile in kinds.items() if is_hostile]
    files = [tmp_path / "mixed" / name for name in sorted(kinds)]  # by name: a scan would leave some extensions out
    async with (
        running(site.home, **site.urls) as library,
        Client.open(library.address) as client,
        peak_of(library.process.pid) as peak,
    ):
        await client.accounts.sign_up("ada", "eleven-lilac-otters-sing")
        report = await Importer(client.uploads).run(files)
        photos = await settled(client)
        assert await found_by_words(library, client)
    ordinary = ends([name for name in kinds if name not in hostile], report, photos)
    ended = ends(hostile, report, photos)
    assert len(hostile) >= 60
    assert Counter(ordinary.values()) == {"READY": ORDINARY}
    assert [name for name, end in ended.items() if not end] == []
    print(f"hostile files: {dict(Counter(ended.values()))}; peak memory {peak[0] / 2**20:.0f} MiB")
    assert 0 < peak[0] < MOST_RSS_BYTES, f"{peak[0] / 2**20:.0f} MiB at its peak"
