"""What every OperationRepository, LeaseRepository and RegistryRepository must do."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tintype.kit.operations.domain import (
    ConsumerStatus,
    Finding,
    Lease,
    ModelPackStatus,
    Operation,
    OperationKind,
    OperationState,
    ProcessEntry,
    Progress,
    Severity,
    SweepDefinition,
    SweepRun,
)
from tintype.kit.operations.ports import (
    LeaseHeld,
    LeaseLost,
    LeaseRepository,
    OperationConflict,
    OperationCursor,
    OperationExists,
    OperationNotFound,
    OperationRepository,
    RegistryRepository,
    Task,
)

NOON: Final = datetime(2024, 5, 1, 12, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
TTL: Final = timedelta(seconds=30)
REINDEX: Final = Task(OperationKind.REINDEX)


@dataclass(frozen=True, slots=True)
class OperationStores:
    """The three ports on one database."""

    operations: OperationRepository
    leases: LeaseRepository
    registry: RegistryRepository


def operation(number: int, **overrides: Any) -> Operation:
    time = NOON + number * SECOND
    made = Operation(
        operation_id=f"op{number}",
        owner_id="ann",
        kind=OperationKind.REINDEX,
        create_time=time,
        update_time=time,
        due_time=time,
    )
    return replace(made, **overrides)


def process(process_id: str, **overrides: Any) -> ProcessEntry:
    made = ProcessEntry(
        process_id=process_id,
        services=("catalog", "search"),
        start_time=NOON,
        heartbeat_time=NOON,
        sweeps=(SweepDefinition("S1", "unpublished facts", 30 * SECOND),),
        models=(ModelPackStatus("builtin", "1", "serving", capabilities=("embed",)),),
        findings=(Finding("catalog", "database", Severity.OK, "it answers"),),
        consumers=(ConsumerStatus("search", "index"),),
    )
    return replace(made, **overrides)


class OperationStoresSuite(ABC):
    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[OperationStores]: ...

    @pytest.fixture
    async def stores(self, tmp_path: Path) -> AsyncIterator[OperationStores]:
        async with self.connect(tmp_path) as opened:
            yield opened

    @pytest.fixture
    def operations(self, stores: OperationStores) -> OperationRepository:
        return stores.operations

    @pytest.fixture
    def leases(self, stores: OperationStores) -> LeaseRepository:
        return stores.leases

    @pytest.fixture
    def registry(self, stores: OperationStores) -> RegistryRepository:
        return stores.registry

    async def test_an_operation_comes_back_whole(self, operations: OperationRepository) -> None:
        whole = operation(
            1,
            subject="S4",
            arguments='{"a": 1}',
            state=OperationState.FAILED,
            progress=Progress(1, 2, 3, "photos", "reading"),
            checkpoint="x",
            counts={"photos": 5},
            error="no",
            end_time=NOON,
            cancel_requested=True,
            crashes=1,
        )
        await operations.add(whole)
        assert await operations.load(owner_id="ann", operation_id="op1") == whole

    async def test_an_operation_is_its_owners(self, operations: OperationRepository) -> None:
        await operations.add(operation(1))
        with pytest.raises(OperationNotFound):
            await operations.load(owner_id="bob", operation_id="op1")
        assert (await operations.page(owner_id="bob", limit=5)).items == []

    async def test_an_operation_id_is_taken_once(self, operations: OperationRepository) -> None:
        outcomes = await asyncio.gather(
            operations.add(operation(1)), operations.add(operation(1)), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", OperationExists.__name__]

    async def test_of_two_replaces_one_is_a_conflict(self, operations: OperationRepository) -> None:
        await operations.add(operation(1))
        stored = await operations.replace(operation(1, error="first"))
        assert stored == operation(1, error="first", revision=2)
        with pytest.raises(OperationConflict):
            await operations.replace(operation(1, error="second"))
        with pytest.raises(OperationNotFound):
            await operations.replace(operation(2))
        assert await operations.load(owner_id="ann", operation_id="op1") == stored

    @pytest.mark.parametrize("running", [False, True])
    async def test_pages_are_newest_first_and_whole(self, operations: OperationRepository, running: bool) -> None:
        for number in range(7):
            ended = number % 2 == 0
            state = OperationState.SUCCEEDED if ended else OperationState.RUNNING
            await operations.add(operation(number // 3, operation_id=f"op{number}", state=state))
        seen: list[str] = []
        after: OperationCursor | None = None
        while True:
            page = await operations.page(owner_id="ann", limit=2, after=after, running=running)
            seen += [each.operation_id for each in page.items]
            if (after := page.after) is None:
                break
        expected = [f"op{number}" for number in reversed(range(7)) if not running or number % 2]
        assert seen == expected

    async def test_what_is_due_is_of_these_tasks_open_and_longest_due_first(
        self, operations: OperationRepository
    ) -> None:
        await operations.add(operation(3))
        await operations.add(operation(2, state=OperationState.RUNNING, owner_id="bob"))
        await operations.add(operation(1, state=OperationState.SUCCEEDED))
        await operations.add(operation(9))
        await operations.add(operation(0, operation_id="other", kind=OperationKind.SWEEP, subject="S1"))
        now = NOON + 5 * SECOND
        due = await operations.due([REINDEX], now=now, limit=10)
        assert [each.operation_id for each in due] == ["op2", "op3"]
        both = await operations.due([REINDEX, Task(OperationKind.SWEEP, "S1")], now=now, limit=2)
        assert [each.operation_id for each in both] == ["other", "op2"]
        assert await operations.due([Task(OperationKind.SWEEP, "S2")], now=now, limit=2) == []

    async def test_what_ended_long_ago_is_dropped(self, operations: OperationRepository) -> None:
        for number in range(3):
            ended = operation(number).ended(OperationState.SUCCEEDED, now=NOON + number * SECOND)
            await operations.add(ended)
        await operations.add(operation(5))
        assert await operations.remove_ended(before=NOON + 2 * SECOND) == 2
        left = await operations.page(owner_id="ann", limit=9)
        assert [each.operation_id for each in left.items] == ["op5", "op2"]

    async def test_an_owner_is_removed_alone(self, operations: OperationRepository) -> None:
        await operations.add(operation(1))
        await operations.add(operation(2, owner_id="bob"))
        assert await operations.remove_owner("ann") == 1
        assert await operations.remove_owner("ann") == 0
        await operations.load(owner_id="bob", operation_id="op2")

    async def test_of_two_that_want_a_lease_one_gets_it(self, leases: LeaseRepository) -> None:
        outcomes = await asyncio.gather(
            *(leases.acquire("S1", holder=holder, now=NOON, ttl=TTL) for holder in "abc"), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Lease", "LeaseHeld", "LeaseHeld"]
        await leases.acquire("S2", holder="a", now=NOON, ttl=TTL)

    async def test_an_expired_lease_is_taken_over_at_a_higher_revision(self, leases: LeaseRepository) -> None:
        first = await leases.acquire("S1", holder="a", now=NOON, ttl=TTL)
        with pytest.raises(LeaseHeld):
            await leases.acquire("S1", holder="b", now=NOON + TTL - SECOND, ttl=TTL)
        second = await leases.acquire("S1", holder="b", now=NOON + TTL, ttl=TTL)
        assert second.revision > first.revision
        assert await leases.load("S1") == second
        with pytest.raises(LeaseLost):
            await leases.renew(first, now=NOON, ttl=TTL)
        await leases.release(first)
        assert await leases.load("S1") == second

    async def test_a_renewed_lease_lasts_longer_even_when_late(self, leases: LeaseRepository) -> None:
        lease = await leases.acquire("S1", holder="a", now=NOON, ttl=TTL)
        late = await leases.renew(lease, now=NOON + 2 * TTL, ttl=TTL)
        assert late == Lease("S1", "a", NOON + 3 * TTL, late.revision)
        assert late.revision > lease.revision
        with pytest.raises(LeaseHeld):
            await leases.acquire("S1", holder="b", now=NOON + 2 * TTL, ttl=TTL)

    async def test_leases_that_were_left_to_expire_are_found_by_their_prefix(self, leases: LeaseRepository) -> None:
        for name in ("note:b", "note:a", "note:c", "notes"):
            await leases.acquire(name, holder="a", now=NOON, ttl=TTL)
        young = await leases.acquire("note:young", holder="a", now=NOON, ttl=2 * TTL)
        await leases.release(await leases.renew(Lease("note:c", "a", NOON, 1), now=NOON, ttl=TTL))
        assert await leases.expired("note:", before=NOON + TTL - SECOND, limit=9) == []
        found = await leases.expired("note:", before=NOON + TTL, limit=9)
        assert [lease.name for lease in found] == ["note:a", "note:b"]
        assert found[0] == await leases.load("note:a")
        assert [lease.name for lease in await leases.expired("note:", before=NOON + TTL, limit=1)] == ["note:a"]
        assert (await leases.expired("note:", before=young.expire_time, limit=9))[-1] == young

    async def test_a_released_lease_is_free(self, leases: LeaseRepository) -> None:
        lease = await leases.renew(await leases.acquire("S1", holder="a", now=NOON, ttl=TTL), now=NOON, ttl=TTL)
        await leases.release(lease)
        await leases.release(lease)
        assert await leases.load("S1") is None
        with pytest.raises(LeaseLost):
            await leases.renew(lease, now=NOON, ttl=TTL)
        await leases.acquire("S1", holder="b", now=NOON, ttl=TTL)

    async def test_the_registry_has_the_newest_statement_of_each_process(self, registry: RegistryRepository) -> None:
        await registry.put(process("b"))
        await registry.put(process("a"))
        await registry.put(process("a", heartbeat_time=NOON + SECOND, findings=()))
        expected = [process("a", heartbeat_time=NOON + SECOND, findings=()), process("b")]
        assert await registry.entries(alive_since=NOON) == expected
        assert await registry.entries(alive_since=NOON + SECOND) == expected[:1]

    async def test_processes_leave_the_registry(self, registry: RegistryRepository) -> None:
        await registry.put(process("a"))
        await registry.put(process("b"))
        await registry.put(process("c", heartbeat_time=NOON + SECOND))
        await registry.remove("a")
        await registry.remove("a")
        assert await registry.remove_silent(before=NOON + SECOND) == 1
        assert [entry.process_id for entry in await registry.entries(alive_since=NOON)] == ["c"]

    async def test_the_last_run_of_a_sweep_is_known(self, registry: RegistryRepository) -> None:
        await registry.record_sweep(SweepRun("S2", NOON, NOON, 1))
        await registry.record_sweep(SweepRun("S1", NOON, NOON + 2 * SECOND, 2, "no"))
        await registry.record_sweep(SweepRun("S1", NOON, NOON + SECOND, 3))
        await registry.record_sweep(SweepRun("S2", NOON, NOON + SECOND, 4))
        assert await registry.sweep_runs() == [
            SweepRun("S1", NOON, NOON + 2 * SECOND, 2, "no"),
            SweepRun("S2", NOON, NOON + SECOND, 4),
        ]
