"""Leases that are kept and lost, sweeps that run once in a period, and what a process states."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tintype.kit.errors import Unavailable
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.sqlite import (
    SqliteLeaseRepository,
    SqliteRegistryRepository,
)
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.operations.domain import Finding, Lease, OperationKind, OperationState, Severity
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.ports import LeaseHeld, LeaseLost
from tintype.kit.operations.registry import SILENCE, Registry
from tintype.kit.operations.runner import OperationRunner
from tintype.kit.operations.service import Operations
from tintype.kit.operations.sweeps import Sweeper, SweepNotFound
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

MINUTE = timedelta(minutes=1)
SHORT = timedelta(milliseconds=15)


class HandClock:
    def __init__(self) -> None:
        self.time = datetime(2024, 5, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(tmp_path / "library.db") as opened:
        yield opened


@pytest.fixture
async def leases(database: Database, clock: HandClock) -> Leases:
    return Leases(await SqliteLeaseRepository.open(database), clock, RandomIds())


@pytest.fixture
async def registry(database: Database) -> SqliteRegistryRepository:
    return await SqliteRegistryRepository.open(database)


async def test_a_lease_is_held_for_the_block_only(leases: Leases) -> None:
    async with leases.held("x"):
        with pytest.raises(LeaseHeld):
            async with leases.held("x"):
                pass
        async with leases.held("y"):
            pass
    async with leases.held("x"):
        pass


async def test_a_lease_is_renewed_while_the_block_runs(database: Database, clock: HandClock) -> None:
    repository = await SqliteLeaseRepository.open(database)
    async with Leases(repository, clock, RandomIds(), ttl=SHORT).held("x") as held:
        clock.time += MINUTE
        renewed = await change_of(repository, held.lease)
        assert (renewed.holder, renewed.expire_time) == (held.lease.holder, clock.time + SHORT)


async def change_of(repository: SqliteLeaseRepository, lease: Lease) -> Lease:
    async with asyncio.timeout(5):
        while (stored := await repository.load(lease.name)) == lease:
            pass
    assert stored is not None
    return stored


async def test_a_lost_lease_ends_the_block(database: Database, clock: HandClock) -> None:
    repository = await SqliteLeaseRepository.open(database)

    async def robbed() -> None:
        async with Leases(repository, clock, RandomIds(), ttl=SHORT).held("x") as held:
            await repository.release(held.lease)
            await repository.acquire("x", holder="thief", now=clock.now(), ttl=MINUTE)
            await asyncio.Event().wait()

    with pytest.raises(LeaseLost):
        await asyncio.wait_for(robbed(), 5)
    left = await repository.load("x")
    assert left is not None
    assert left.holder == "thief"


async def test_a_cancelled_block_is_cancelled_and_lets_go(leases: Leases) -> None:
    begun = asyncio.Event()

    async def hold() -> None:
        async with leases.held("x"):
            begun.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await begun.wait()
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    async with leases.held("x") as held:
        await held.confirm()


async def test_a_sweep_runs_once_in_its_period_over_all_processes(
    leases: Leases, registry: SqliteRegistryRepository, clock: HandClock
) -> None:
    ran: list[datetime] = []

    async def sweep() -> int:
        ran.append(clock.now())
        return 3

    sweepers = [Sweeper(leases, registry, clock) for _ in range(2)]
    for sweeper in sweepers:
        sweeper.register("S1", title="unpublished facts", period=MINUTE, run=sweep)
    assert sum(await asyncio.gather(*(sweeper.run_due() for sweeper in sweepers))) == 1
    assert [await sweeper.run_due() for sweeper in sweepers] == [0, 0]
    clock.time += MINUTE
    assert await sweepers[1].run_due() == 1
    assert len(ran) == 2
    assert [run.found for run in await registry.sweep_runs()] == [3]


@pytest.mark.parametrize(("error", "said"), [(Unavailable("away"), "away"), (KeyError("x"), "internal error")])
async def test_a_sweep_that_fails_is_recorded_and_tried_again_next_time(
    leases: Leases, registry: SqliteRegistryRepository, clock: HandClock, error: Exception, said: str
) -> None:
    async def sweep() -> int:
        raise error

    sweeper = Sweeper(leases, registry, clock)
    sweeper.register("S1", title="x", period=MINUTE, run=sweep)
    await sweeper.run_due()
    assert [run.error for run in await registry.sweep_runs()] == [said]
    clock.time += MINUTE
    assert await sweeper.run_due() == 1


async def test_a_sweep_is_run_by_hand_as_an_operation(
    database: Database, leases: Leases, registry: SqliteRegistryRepository, clock: HandClock
) -> None:
    async def sweep() -> int:
        return 4

    sweeper = Sweeper(leases, registry, clock)
    sweeper.register("S1", title="x", period=MINUTE, run=sweep)
    with pytest.raises(SweepNotFound):
        await sweeper.run_now("S2")
    repository = StoredOperationRepository(await SqliteAggregates.open(database, OPERATIONS))
    operations = Operations(repository, clock, RandomIds())
    runner = OperationRunner(repository, clock, RandomIds())
    sweeper.serve(runner)
    started = await operations.start(owner_id="ann", kind=OperationKind.SWEEP, subject="S1")
    await runner.pick_up()
    await runner.finished()
    ended = await operations.get(owner_id="ann", operation_id=started.operation_id)
    assert (ended.state, ended.counts) == (OperationState.SUCCEEDED, {"found": 4})


async def test_a_process_states_what_it_has_until_it_falls_silent(
    leases: Leases, registry: SqliteRegistryRepository, clock: HandClock
) -> None:
    async def broken() -> Sequence[Finding]:
        raise Unavailable("the database is away")

    sweeper = Sweeper(leases, registry, clock)
    sweeper.register("S1", title="x", period=MINUTE, run=nothing)
    first = Registry(registry, clock, process_id="a", services=["catalog"])
    first.add_check("catalog", "database", broken)
    first.add_sweeps(lambda: sweeper.definitions)
    second = Registry(registry, clock, process_id="b", services=["search"])
    await first.state()
    entries = await second.entries()
    assert [entry.services for entry in entries] == [("catalog",), ("search",)]
    assert entries[0].sweeps == sweeper.definitions
    assert entries[0].findings == (Finding("catalog", "database", Severity.ERROR, "the database is away"),)
    clock.time += SILENCE + MINUTE
    assert [entry.process_id for entry in await second.entries()] == ["b"]


async def nothing() -> int:
    return 0
