"""The records of uploads in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from tests.contract.upload_repository import UploadRepositorySuite

from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.upload.adapters.stored_uploads import UPLOADS, StoredUploadRepository
from tintype.upload.ports import UploadRepository


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[UploadRepository]:
    async with Database.open(home / "library.db") as database:
        yield StoredUploadRepository(await SqliteAggregates.open(database, UPLOADS))


class TestSqliteUploadRepository(UploadRepositorySuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[UploadRepository]:
        return opened(home)
