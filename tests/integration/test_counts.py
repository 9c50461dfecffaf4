"""Counts that cause speed: how much the library does for a photo and for a page of hits, however fast the machine."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from tests.drawn import draw
from tests.library import Library, running

from tintype.v1 import photo_pb2
from tintype_sdk import Client

PHOTOS = 6
FACTS = 6  # the budget of DESIGN for a photo with all its stages, its text included
# Registered; what the file gave; what the models saw (one write with that, where they are quick); its text.
WRITES = 4
LONGEST_S = 60
POLL_S = 0.1
SAMPLE = re.compile(r'^tintype_rpc_total\{code="OK",method="[^"]*/(\w+)"\} (\S+)$', re.MULTILINE)


async def calls(library: Library) -> dict[str, int]:
    """How often each RPC was answered."""
    url = f"{library.http if '://' in library.http else f'http://{library.http}'}/metrics"
    text = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read().decode())
    return {method: int(float(count)) for method, count in SAMPLE.findall(text)}


def rows(home: Path, file: str, query: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(f"file:{home / file}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()


def decodes(library: Library) -> int:
    lines = [json.loads(line) for line in library.log.read_text().splitlines() if line.startswith("{")]
    return sum(line["event"] == "decoded" for line in lines)


def drawn(folder: Path) -> list[Path]:
    folder.mkdir()
    files = [folder / f"{number}.jpg" for number in range(PHOTOS)]
    for number, file in enumerate(files):
        file.write_bytes(draw(number))
    return files


async def imported(client: Client, folder: Path) -> None:
    """Photos with every stage done, and in the index."""
    for file in drawn(folder):
        await client.uploads.upload_file(file)
    async with asyncio.timeout(LONGEST_S):
        while True:
            photos = [photo async for photo in client.photos.all()]
            pending = [
                stage for photo in photos for stage in photo.stages if stage.state == photo_pb2.STAGE_STATE_PENDING
            ]
            status = await client.search.status()
            if not pending and status.indexed_photos == PHOTOS and not status.pending:
                return
            await asyncio.sleep(POLL_S)


@pytest.mark.timeout(180)
async def test_a_photo_and_a_page_of_hits_cost_no_more_than_their_budgets(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with running(home) as library, Client.open(library.address) as client:
        await client.accounts.sign_up("ann", "correct horse battery")
        await imported(client, tmp_path / "photos")
        count = await calls(library)
        assert count["RegisterPhoto"] == PHOTOS
        assert count["RecordResult"] <= 3 * PHOTOS, "file and models, at most apart; text"
        [[facts]] = rows(home, "events.db", "SELECT count(*) FROM events WHERE name != 'UserSignedUp'")
        assert facts <= FACTS * PHOTOS
        assert max(revision for (revision,) in rows(home, "library.db", "SELECT revision FROM photos")) <= WRITES
        assert decodes(library) <= 2 * PHOTOS, "one of the file, one of its preview for the text"

        answer = await client.search.photos("red")
        assert answer.hits
        after = await calls(library)
        assert after["SearchPhotos"] - count.get("SearchPhotos", 0) == 1
        assert after["BatchGetResults"] - count["BatchGetResults"] == 1, "one call for a whole page of hits"
        await library.stopped()
