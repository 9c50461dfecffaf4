"""Operations whose work or database does not behave."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.timers import settled
from tests.unit.kit.operations.bench import REINDEX, TICK, Bench, forever, running

from tintype.kit.errors import Unavailable
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.operations.domain import Operation, OperationKind, OperationState
from tintype.kit.operations.ports import Task
from tintype.kit.operations.runner import OperationRunner, Run
from tintype.kit.store.errors import StoreFull
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


class Gone(StoredOperationRepository):
    """Loses its database for good when told."""

    gone = False

    async def load(self, *, owner_id: str, operation_id: str) -> Operation:
        if self.gone:
            raise Unavailable("the database is away")
        return await super().load(owner_id=owner_id, operation_id=operation_id)

    async def replace(self, operation: Operation) -> Operation:
        if self.gone:
            raise Unavailable("the database is away")
        return await super().replace(operation)

    async def due(self, tasks: Collection[Task], *, now: datetime, limit: int) -> list[Operation]:
        if self.gone:
            raise StoreFull("no room")
        return await super().due(tasks, now=now, limit=limit)


async def test_work_stops_before_its_lease_is_over_if_that_cannot_be_renewed(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "library.db") as database:
        repository = Gone(await SqliteAggregates.open(database, OPERATIONS))
        bench, stopped = Bench(repository), asyncio.Event()

        async def work(run: Run) -> Mapping[str, int]:
            repository.gone = True
            try:
                return await forever(run)
            finally:
                stopped.set()

        lease = timedelta(seconds=0.5)
        runner = OperationRunner(repository, bench.clock, RandomIds(), lease=lease, heartbeat=TICK, poll=TICK)
        runner.register(REINDEX, work)
        async with running(runner):
            started = await bench.start()
            begun = asyncio.get_running_loop().time()
            async with asyncio.timeout(5):
                await stopped.wait()
            assert asyncio.get_running_loop().time() - begun < 3
            repository.gone = False
            assert (await bench.get(started)).state is OperationState.RUNNING


async def test_an_erasure_that_is_asked_for_again_after_its_end_is_met_though_it_forgot_whom(bench: Bench) -> None:
    async def erase() -> Operation:
        return await bench.operations.start(
            owner_id="ann", kind=OperationKind.ERASE_USER, arguments="bob", request_id="r"
        )

    first = await erase()
    await bench.repository.replace(first.ended(OperationState.SUCCEEDED, now=bench.clock.now()))
    assert (await erase()).operation_id == first.operation_id


async def test_work_that_cancels_itself_has_failed(bench: Bench) -> None:
    async def work(run: Run) -> Mapping[str, int]:
        raise asyncio.CancelledError

    runner = bench.runner()
    runner.register(REINDEX, work)
    started = await bench.start()
    await runner.pick_up()
    await runner.finished()
    ended = await bench.get(started)
    assert (ended.state, ended.error) == (OperationState.FAILED, "internal error")


@pytest.mark.parametrize("steps", range(8))
async def test_a_runner_that_is_told_of_work_while_it_is_stopped_stops(bench: Bench, steps: int) -> None:
    """Whichever of the two comes first, and however shortly."""
    runner = OperationRunner(bench.repository, bench.clock, RandomIds())
    stopping = asyncio.create_task(runner.run())
    await settled()
    runner.wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    stopping.cancel()
    assert await asyncio.wait({stopping}, timeout=5) == ({stopping}, set())
