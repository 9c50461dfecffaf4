"""Operations, leases and registry in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.operation_repositories import OperationStores, OperationStoresSuite

from tintype.kit.operations.adapters.sqlite import (
    SqliteLeaseRepository,
    SqliteOperationRepository,
    SqliteRegistryRepository,
)
from tintype.kit.store.sqlite import Database


class TestSqliteOperationStores(OperationStoresSuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[OperationStores]:
        async with Database.open(home / "library.db") as database:
            yield OperationStores(
                await SqliteOperationRepository.open(database),
                await SqliteLeaseRepository.open(database),
                await SqliteRegistryRepository.open(database),
            )
