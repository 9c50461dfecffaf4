"""What every ResultRepository must do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import OTHER, OWNER, make_result
from tests.clocks import NOON, FixedClock

from tintype.catalog.domain.result import EmbedResult, ResultKey, StageResult
from tintype.catalog.domain.stage import Stage
from tintype.catalog.ports.result import ResultRepository
from tintype.kit.clock import Clock


def keyed(photo_id: str, *, job_id: str = "job-1", owner_id: str = OWNER) -> StageResult:
    """A vector of this photo by this job."""
    result = make_result()
    return replace(result, owner_id=owner_id, key=replace(result.key, photo_id=photo_id, job_id=job_id))


class ResultRepositorySuite(ABC):
    @abstractmethod
    def connect(self, home: Path, clock: Clock) -> AbstractAsyncContextManager[ResultRepository]: ...

    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock()

    @pytest.fixture
    async def results(self, tmp_path: Path, clock: FixedClock) -> AsyncIterator[ResultRepository]:
        async with self.connect(tmp_path, clock) as results:
            yield results

    @pytest.mark.parametrize("stage", list(Stage))
    async def test_a_record_of_every_stage_comes_back_as_it_was(self, results: ResultRepository, stage: Stage) -> None:
        result = make_result(stage)
        await results.add_many([result])
        assert await results.load_many(OWNER, [result.key]) == [result]

    async def test_records_come_in_the_order_of_the_keys(self, results: ResultRepository) -> None:
        made = [keyed(name) for name in ("b", "a", "c")]
        await results.add_many(made)
        missing = ResultKey("x", Stage.EMBED, "m", "j")
        assert await results.load_many(OWNER, [made[0].key, missing, made[1].key]) == made[:2]

    async def test_a_record_never_changes(self, results: ResultRepository) -> None:
        first = make_result(Stage.CAPTION)
        await results.add_many([first])
        await results.add_many([replace(first, make_time=NOON + timedelta(days=1))])
        assert await results.load_many(OWNER, [first.key]) == [first]

    async def test_another_owner_finds_nothing(self, results: ResultRepository) -> None:
        result = make_result()
        await results.add_many([result])
        assert await results.load_many(OTHER, [result.key]) == []
        assert await results.load_photo(owner_id=OTHER, photo_id=result.key.photo_id) == []

    async def test_a_photo_has_every_record_until_they_are_removed(self, results: ResultRepository) -> None:
        made = [keyed("a", job_id="1"), keyed("a", job_id="2"), keyed("b")]
        await results.add_many(made)
        assert await results.load_photo(owner_id=OWNER, photo_id="a") == made[:2]
        assert await results.remove_photo(owner_id=OWNER, photo_id="a") == 2
        assert await results.load_photo(owner_id=OWNER, photo_id="a") == []
        assert await results.count_owner(OWNER) == 1

    async def test_keys_are_paged_by_when_they_were_stored(self, results: ResultRepository, clock: FixedClock) -> None:
        old = [keyed(f"p{number}") for number in range(5)]
        await results.add_many(old)
        clock.pass_(timedelta(days=1))
        await results.add_many([keyed("new")])
        first = await results.page_keys(until=NOON, limit=3)
        rest = await results.page_keys(until=NOON, limit=3, after=first[-1])
        assert [key for _, key in (*first, *rest)] == [result.key for result in old]

    async def test_named_records_are_removed_and_no_others(self, results: ResultRepository) -> None:
        made = [keyed("a"), keyed("b")]
        await results.add_many(made)
        assert await results.remove_many(OWNER, [made[0].key, ResultKey("x", Stage.EMBED, "m", "j")]) == 1
        assert await results.load_many(OWNER, [result.key for result in made]) == made[1:]

    async def test_an_erased_owner_leaves_nothing(self, results: ResultRepository) -> None:
        await results.add_many([keyed("a"), keyed("a", owner_id=OTHER)])
        assert await results.remove_owner(OWNER) == 1
        assert (await results.count_owner(OWNER), await results.count_owner(OTHER)) == (0, 1)

    async def test_vectors_keep_every_bit(self, results: ResultRepository) -> None:
        result = make_result(content=EmbedResult(space="space-1", vector=bytes(range(256))))
        await results.add_many([result])
        assert await results.load_many(OWNER, [result.key]) == [result]
