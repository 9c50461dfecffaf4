"""Operations, leases and registry in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.operation_repositories import OperationStores, OperationStoresSuite

from tintype.kit.operations.adapters.sqlite import (
    SqliteLeaseRepository,
    SqliteRegistryRepository,
)
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


class TestSqliteOperationStores(OperationStoresSuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[OperationStores]:
        async with Database.open(home / "library.db") as database:
            yield OperationStores(
                StoredOperationRepository(await SqliteAggregates.open(database, OPERATIONS)),
                await SqliteLeaseRepository.open(database),
                await SqliteRegistryRepository.open(database),
            )
