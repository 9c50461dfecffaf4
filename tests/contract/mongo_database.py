"""A MongoDB database of a test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymongo import AsyncMongoClient
from tests.servers import Servers, own_namespace

from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.urls import Url


class OnMongo:
    """For suites: where their databases are."""

    servers: Servers

    @pytest.fixture(autouse=True)
    def _on(self, servers: Servers) -> None:
        self.servers = servers

    @asynccontextmanager
    async def database(self) -> AsyncIterator[MongoDatabase]:
        """A new one, gone after the block."""
        name = own_namespace()
        async with MongoDatabase.open(Url(self.servers.url("database", name))) as database:
            try:
                yield database
            finally:
                async with AsyncMongoClient[dict[str, object]](self.servers.database) as client:
                    await client.drop_database(name)
