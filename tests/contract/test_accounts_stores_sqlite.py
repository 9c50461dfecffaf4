"""The stores of accounts in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from tests.accounts_world import open_urls
from tests.contract.accounts_stores import (
    AttemptLogSuite,
    CredentialRepositoriesSuite,
    LogsSuite,
    UserRepositorySuite,
)

from tintype.accounts.bootstrap import Stores, open_sqlite


@asynccontextmanager
async def connect_sqlite(home: Path) -> AsyncIterator[Stores]:
    async with open_urls(home) as urls:
        yield await open_sqlite(urls)


class TestSqliteUserRepository(UserRepositorySuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[Stores]:
        return connect_sqlite(home)


class TestSqliteCredentialRepositories(CredentialRepositoriesSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[Stores]:
        return connect_sqlite(home)


class TestSqliteLogs(LogsSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[Stores]:
        return connect_sqlite(home)


class TestMemoryAttemptLog(AttemptLogSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[Stores]:
        return connect_sqlite(home)
