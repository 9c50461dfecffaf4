"""Sweeps that run once in a period, and what a process states."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from tests.clocks import FixedClock

from tintype.kit.errors import Unavailable
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.sqlite import (
    SqliteRegistryRepository,
)
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.operations.domain import Finding, OperationKind, OperationState, Severity, SweepRun
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.registry import SILENCE, Registry
from tintype.kit.operations.runner import OperationRunner
from tintype.kit.operations.service import Operations
from tintype.kit.operations.sweeps import Sweeper, SweepNotFound
from tintype.kit.store.errors import StoreFull
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

MINUTE = timedelta(minutes=1)


async def test_a_sweep_runs_once_in_its_period_over_all_processes(
    leases: Leases, registry: SqliteRegistryRepository, clock: FixedClock
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
    clock.pass_(MINUTE)
    assert await sweepers[1].run_due() == 1
    assert len(ran) == 2
    assert [run.found for run in await registry.sweep_runs()] == [3]


@pytest.mark.parametrize(("error", "said"), [(Unavailable("away"), "away"), (KeyError("x"), "internal error")])
async def test_a_sweep_that_fails_is_recorded_and_tried_again_next_time(
    leases: Leases, registry: SqliteRegistryRepository, clock: FixedClock, error: Exception, said: str
) -> None:
    async def sweep() -> int:
        raise error

    sweeper = Sweeper(leases, registry, clock)
    sweeper.register("S1", title="x", period=MINUTE, run=sweep)
    await sweeper.run_due()
    assert [run.error for run in await registry.sweep_runs()] == [said]
    clock.pass_(MINUTE)
    assert await sweeper.run_due() == 1


class Full(SqliteRegistryRepository):
    """Has no room for the run of one sweep."""

    refused = "S1"

    async def record_sweep(self, run: SweepRun) -> None:
        if run.sweep == self.refused:
            raise StoreFull("no room is left")
        await super().record_sweep(run)


async def test_a_sweep_that_is_broken_off_keeps_no_other_from_running(
    leases: Leases, database: Database, clock: FixedClock
) -> None:
    async def sweep() -> int:
        return 1

    await SqliteRegistryRepository.open(database)
    registry = Full(database)
    sweeper = Sweeper(leases, registry, clock)
    for name in ("S1", "S2"):
        sweeper.register(name, title="x", period=MINUTE, run=sweep)
    assert await sweeper.run_due() == 1
    assert [run.sweep for run in await registry.sweep_runs()] == ["S2"]


async def test_a_sweep_is_run_by_hand_as_an_operation(
    database: Database, leases: Leases, registry: SqliteRegistryRepository, clock: FixedClock
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
    leases: Leases, registry: SqliteRegistryRepository, clock: FixedClock
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
    clock.pass_(SILENCE + MINUTE)
    assert [entry.process_id for entry in await second.entries()] == ["b"]


async def nothing() -> int:
    return 0


async def test_a_process_is_heard_of_also_while_it_cannot_count(
    registry: SqliteRegistryRepository, clock: FixedClock
) -> None:
    async def away() -> Mapping[str, int]:
        raise Unavailable("the index is away")

    async def photos() -> Mapping[str, int]:
        return {"photos": 7}

    stating = Registry(registry, clock, process_id="a", services=["search"])
    stating.add_statistics(away)
    stating.add_statistics(photos)
    assert (await stating.state()).statistics == {"photos": 7}
    assert [entry.process_id for entry in await registry.entries(alive_since=clock.now())] == ["a"]
