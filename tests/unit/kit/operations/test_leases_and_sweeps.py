"""Leases that are kept and lost, sweeps that run once in a period, and what a process states."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.timers import Timers

from tintype.kit.errors import Unavailable
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.sqlite import (
    SqliteLeaseRepository,
    SqliteRegistryRepository,
)
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.operations.domain import Finding, Lease, OperationKind, OperationState, Severity
from tintype.kit.operations.leases import Held, Leases
from tintype.kit.operations.ports import LeaseHeld, LeaseLost, LeaseRepository
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


class Unsteady:
    """LeaseRepository over another; `renewing` is done before each renewal."""

    def __init__(self, kept: SqliteLeaseRepository, renewing: Callable[[], Awaitable[object]]) -> None:
        self._kept = kept
        self.renewing = renewing
        self.acquire = kept.acquire
        self.release = kept.release
        self.load = kept.load
        self.expired = kept.expired

    async def renew(self, lease: Lease, *, now: datetime, ttl: timedelta) -> Lease:
        await self.renewing()
        return await self._kept.renew(lease, now=now, ttl=ttl)


def timed(repository: LeaseRepository, clock: HandClock, timers: Timers) -> Leases:
    return Leases(repository, clock, RandomIds(), ttl=MINUTE, sleep=timers.sleep, monotonic=timers.monotonic)


@asynccontextmanager
async def holding(leases: Leases, name: str) -> AsyncIterator[tuple[Held, asyncio.Task[None]]]:
    """A task that holds a lease until it is told that it has lost it."""
    begun: asyncio.Future[Held] = asyncio.get_running_loop().create_future()

    async def hold() -> None:
        async with leases.held(name) as held:
            begun.set_result(held)
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    try:
        yield await begun, holder
    finally:
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)


async def test_a_lease_is_renewed_while_the_block_runs(database: Database, clock: HandClock) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    async with timed(repository, clock, timers).held("x") as held:
        first = held.lease
        clock.time += MINUTE / 3
        await timers.advance(20)
        async with asyncio.timeout(5):
            while (renewed := await repository.load("x")) == first:
                pass
        assert renewed is not None
        assert (renewed.holder, renewed.expire_time) == (first.holder, clock.time + MINUTE)


async def test_a_lost_lease_ends_the_block(database: Database, clock: HandClock) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    async with holding(timed(repository, clock, timers), "x") as (held, holder):
        await repository.release(held.lease)
        await repository.acquire("x", holder="thief", now=clock.now(), ttl=MINUTE)
        await timers.advance(20)
        with pytest.raises(LeaseLost):
            await asyncio.wait_for(holder, 5)
    left = await repository.load("x")
    assert left is not None
    assert left.holder == "thief"


async def away() -> None:
    raise Unavailable("the database is away")


async def at_once() -> None:
    return


async def without_end() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("renewing", [away, without_end])
async def test_a_lease_that_cannot_be_renewed_ends_the_block_while_nobody_else_can_have_it(
    database: Database, clock: HandClock, renewing: Callable[[], Awaitable[object]]
) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    async with holding(timed(Unsteady(repository, renewing), clock, timers), "x") as (held, holder):
        while timers.now < 45:
            await timers.advance(1)
            assert not holder.done()
        held.let_expire()
        while timers.now < 55:
            await timers.advance(1)
        with pytest.raises(LeaseLost):
            await asyncio.wait_for(holder, 5)
    clock.time += timedelta(seconds=timers.now)
    with pytest.raises(LeaseHeld):
        await repository.acquire("x", holder="thief", now=clock.now(), ttl=MINUTE)


async def test_a_lease_is_confirmed_for_as_long_again(database: Database, clock: HandClock) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    unsteady = Unsteady(repository, away)
    async with holding(timed(unsteady, clock, timers), "x") as (held, holder):
        await timers.advance(40)
        unsteady.renewing = at_once  # the database is back for a moment
        await held.confirm()
        unsteady.renewing = away
        await timers.advance(45)
        assert not holder.done()
        await timers.advance(10)
        with pytest.raises(LeaseLost):
            await asyncio.wait_for(holder, 5)


async def test_work_is_done_even_if_its_lease_cannot_be_given_back(database: Database, clock: HandClock) -> None:
    repository = await SqliteLeaseRepository.open(database)
    unsteady = Unsteady(repository, away)

    async def kept(lease: Lease) -> None:
        await away()

    unsteady.release = kept
    async with Leases(unsteady, clock, RandomIds()).held("x"):
        pass
    with pytest.raises(LeaseHeld):
        await repository.acquire("x", holder="next", now=clock.now(), ttl=MINUTE)


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
