"""PhotoIndex on SQLite."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import numpy as np
import pytest
from tests.contract.photo_index import OWNER, SPACE, PhotoIndexSuite, asks, labelled, leg, near
from tests.search_builders import make_document, unit_vector

from tintype.kit.urls import Url
from tintype.search.adapters.sqlite.index import SqlitePhotoIndex
from tintype.search.domain.query import Leg
from tintype.search.ports import PhotoIndex


class TestSqlitePhotoIndex(PhotoIndexSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[PhotoIndex]:
        return SqlitePhotoIndex.connect(Url(f"sqlite://{home}/index.db"))


async def test_owners_beyond_the_memory_limit_are_read_again(tmp_path: Path) -> None:
    url = Url(f"sqlite://{tmp_path}/index.db")
    async with SqlitePhotoIndex.connect(url, memory_limit_bytes=1) as index:
        for number in range(3):
            await index.put([labelled("p1", f"word{number}", owner_id=f"o{number}")])
        for number in (0, 1, 2, 0):
            answer = await index.search(asks(f"word{number}", owner_id=f"o{number}"))
            assert list(leg(answer, Leg.WORDS).photo_ids) == ["p1"]
        assert len(index._owners) == 1


async def test_a_write_whose_caller_gave_up_is_seen_all_the_same(tmp_path: Path) -> None:
    async with SqlitePhotoIndex.connect(Url(f"sqlite://{tmp_path}/index.db")) as index:
        await index.put([labelled("p1", "dog")])
        await index.search(asks("dog"))
        writing = asyncio.create_task(index.put([labelled("p2", "dog")]))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        await index.put([labelled("p3", "dog")])
        assert set(leg(await index.search(asks("dog")), Leg.WORDS).photo_ids) == {"p1", "p2", "p3"}


async def test_searches_and_writes_at_the_same_time_agree(tmp_path: Path) -> None:
    """Columns grow and are replaced while they are read."""
    async with SqlitePhotoIndex.connect(Url(f"sqlite://{tmp_path}/index.db")) as index:
        await index.put([make_document("first", vectors={SPACE: unit_vector(0)})])

        async def write() -> None:
            for part in range(20):
                names = [f"p{part}-{number}" for number in range(20)]
                await index.put([labelled(name, "dog", vectors={SPACE: unit_vector(1)}) for name in names])

        async def read() -> None:
            while not writing.done():
                assert leg(await index.search(near(0)), Leg.VECTOR).photo_ids[0] == "first"

        writing = asyncio.create_task(write())
        await asyncio.gather(read(), read(), writing)
        assert len(leg(await index.search(asks("dog")), Leg.WORDS).photo_ids) == 400


async def test_common_words_are_left_out_while_others_remain(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    async with SqlitePhotoIndex.connect(Url(f"sqlite://{tmp_path}/index.db")) as index:
        rare = set(rng.choice(2500, 5, replace=False).tolist())
        documents = [labelled(f"p{n}", "photo", *(["rare"] if n in rare else [])) for n in range(2500)]
        await index.put(documents)
        hits = leg(await index.search(asks("photo", "rare")), Leg.WORDS)
        assert set(hits.photo_ids) == {f"p{n}" for n in rare}
        assert len(leg(await index.search(asks("photo")), Leg.WORDS).photo_ids) == 1000
        assert (await index.status(OWNER)).photos == 2500
