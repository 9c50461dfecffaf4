"""A clock that a test moves, and what operations, leases and sweeps lie in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.clocks import FixedClock
from tests.unit.kit.operations.bench import Bench

from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.sqlite import SqliteLeaseRepository, SqliteRegistryRepository
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.operations.leases import Leases
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(tmp_path / "library.db") as opened:
        yield opened


@pytest.fixture
async def leases(database: Database, clock: FixedClock) -> Leases:
    return Leases(await SqliteLeaseRepository.open(database), clock, RandomIds())


@pytest.fixture
async def registry(database: Database) -> SqliteRegistryRepository:
    return await SqliteRegistryRepository.open(database)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with Database.open(tmp_path / "library.db") as database:
        yield Bench(StoredOperationRepository(await SqliteAggregates.open(database, OPERATIONS)))
