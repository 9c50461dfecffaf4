"""Following the catalog: facts, batches, erasures, the sweep and the rebuild."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from tests.search_builders import OWNER, make_document
from tests.search_world import World, search_world

from tintype.kit.errors import Unavailable
from tintype.search.domain.document import DocumentKey
from tintype.search.domain.query import IndexQuery, Leg, QueryWord
from tintype.search.ports import PhotoIndex
from tintype.search.service.sweeping import Sweeping


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with search_world(tmp_path) as world:
        yield world


async def found(world: World, word: str) -> set[str]:
    answer = await world.index.search(IndexQuery(OWNER, words=(QueryWord(word, (word,)),)))
    return {photo_id for hits in answer.legs if hits.leg is Leg.WORDS for photo_id in hits.photo_ids}


async def test_photos_that_change_at_the_same_time_are_fetched_together(world: World) -> None:
    keys = [world.catalog.add(f"p{number}") for number in range(100)]
    await asyncio.gather(*(world.indexing.index_photo(key) for key in keys))
    assert [len(load) for load in world.catalog.loads] == [64, 36]
    assert (await world.index.status(OWNER)).photos == 100


async def test_facts_of_one_photo_are_one_fetch(world: World) -> None:
    world.catalog.add("p1", revision=5)
    await asyncio.gather(*(world.indexing.index_photo(DocumentKey(OWNER, "p1", revision)) for revision in (3, 4, 5)))
    assert [len(load) for load in world.catalog.loads] == [1]


async def test_a_late_fact_writes_the_current_state(world: World) -> None:
    await world.photo("p1", "dog", revision=7)
    await world.indexing.index_photo(DocumentKey(OWNER, "p1", 2))
    assert await found(world, "dog") == {"p1"}


async def test_an_absent_catalog_is_told_to_every_fact_and_later_ones_work(world: World) -> None:
    key = world.catalog.add("p1")
    world.catalog.away = True
    failed = await asyncio.gather(*(world.indexing.index_photo(key) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(error, Unavailable) for error in failed)
    world.catalog.away = False
    await world.indexing.index_photo(key)
    assert (await world.index.status(OWNER)).photos == 1


async def test_a_deleted_photo_goes_and_stays_away(world: World) -> None:
    await world.photo("p1", "dog", revision=3)
    await world.indexing.delete_photo(DocumentKey(OWNER, "p1", 4))
    assert await found(world, "dog") == set()
    world.catalog.add("p1", revision=4, deleted=True)
    await world.indexing.index_photo(DocumentKey(OWNER, "p1", 3))
    assert (await world.index.status(OWNER)).photos == 0


async def test_an_erasure_is_reported_with_what_is_left(world: World) -> None:
    await world.photo("p1", "dog", angle=0.0)
    await world.indexing.erase_owner(user_id=OWNER, operation_id="op-1")
    assert world.erasures.reports == [("op-1", OWNER, {"index": 0})]


async def test_the_sweep_repairs_what_is_missing_stale_or_deleted(world: World) -> None:
    await world.photo("kept", "dog")
    await world.photo("stale", "dog")
    await world.photo("deleted", "dog")
    world.catalog.add("stale", revision=2)
    world.catalog.add("deleted", revision=2, deleted=True)
    world.catalog.add("missing")
    await world.index.put([make_document("unknown")])
    assert await world.sweeping.sweep() == 4
    indexed = await world.index.revisions(after=("", ""), limit=10)
    assert [(key.photo_id, key.revision) for key in indexed] == [("kept", 1), ("missing", 1), ("stale", 2)]
    assert await world.sweeping.sweep() == 0


async def test_the_sweep_stops_where_the_catalog_must_be_the_wrong_one(world: World) -> None:
    await world.photo("kept")
    await world.index.put([make_document(f"unknown{number}") for number in range(20)])
    assert await world.sweeping.sweep() == 0
    assert await world.index.count() == 21


async def test_an_index_ahead_of_the_catalog_asks_for_a_rebuild(world: World) -> None:
    await world.photo("p1", revision=5)
    world.catalog.add("p1", revision=3)
    assert await world.sweeping.sweep() == 0
    assert world.rebuilds == ["asked"]


class Outdated:
    """An index that an older version of the program made."""

    def __init__(self, index: PhotoIndex) -> None:
        self._index = index

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)

    async def outdated(self) -> bool:
        return True


async def test_an_index_of_an_older_version_asks_for_a_rebuild_and_is_repaired_meanwhile(world: World) -> None:
    world.catalog.add("missing")
    asked: list[str] = []

    async def ask_rebuild() -> None:
        asked.append("rebuild")

    sweeping = Sweeping(
        index=cast(PhotoIndex, Outdated(world.index)),
        catalog=world.catalog,
        indexing=world.indexing,
        clock=world.clock,
        ask_rebuild=ask_rebuild,
    )
    assert await sweeping.sweep() == 1
    assert asked == ["rebuild"]


async def test_a_rebuild_makes_the_index_what_the_catalog_says(world: World) -> None:
    await world.photo("p1", "dog", revision=5)
    await world.index.put([make_document("unknown")])
    world.catalog.add("p1", revision=3)
    world.catalog.add("p2")
    told: list[tuple[int, int]] = []
    assert await world.sweeping.rebuild(lambda done, total: told.append((done, total))) == 2
    assert told[-1] == (2, 2)
    indexed = await world.index.revisions(after=("", ""), limit=10)
    assert [(key.photo_id, key.revision) for key in indexed] == [("p1", 3), ("p2", 1)]


async def test_a_rebuild_that_is_cancelled_leaves_the_old_index(world: World) -> None:
    await world.photo("p1", "dog")

    def stop(done: int, total: int) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await world.sweeping.rebuild(stop)
    assert await found(world, "dog") == {"p1"}
    assert await world.index.count() == 1
