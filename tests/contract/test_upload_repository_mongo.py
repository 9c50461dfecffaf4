"""The records of uploads in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.upload_repository import UploadRepositorySuite
from tests.servers import Servers

from tintype.kit.store.mongo import MongoDatabase, connected
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.urls import Url
from tintype.upload.adapters.mongo_uploads import UPLOADS
from tintype.upload.adapters.stored_uploads import StoredUploadRepository
from tintype.upload.ports import UploadRepository

pytestmark = pytest.mark.servers


class TestMongoUploadRepository(UploadRepositorySuite):
    url: Url

    @pytest.fixture(autouse=True)
    async def _own_database(self, servers: Servers, namespace: str) -> AsyncIterator[None]:
        self.url = Url(servers.url("database", namespace))
        yield
        async with connected(self.url) as client:
            await client.drop_database(namespace)

    @asynccontextmanager
    async def _connect(self) -> AsyncIterator[UploadRepository]:
        async with MongoDatabase.open(self.url) as database:
            yield StoredUploadRepository(await MongoAggregates.open(database, UPLOADS))

    def connect(self, home: Path) -> AbstractAsyncContextManager[UploadRepository]:
        del home
        return self._connect()
