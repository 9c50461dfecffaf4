"""Results of analysis in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.result_repository import ResultRepositorySuite

from tintype.catalog.adapters.sqlite_result import SqliteResultRepository
from tintype.catalog.ports.result import ResultRepository
from tintype.kit.clock import Clock
from tintype.kit.store.sqlite import Database


class TestSqliteResultRepository(ResultRepositorySuite):
    @asynccontextmanager
    async def connect(self, home: Path, clock: Clock) -> AsyncIterator[ResultRepository]:
        async with Database.open(home / "library.db") as database:
            yield await SqliteResultRepository.open(database, clock=clock)
