"""Operations, leases and registry in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.mongo_database import OnMongo
from tests.contract.operation_repositories import OperationStores, OperationStoresSuite

from tintype.kit.operations.adapters.mongo import OPERATIONS, MongoLeaseRepository
from tintype.kit.operations.adapters.mongo_registry import MongoRegistryRepository
from tintype.kit.operations.adapters.stored import StoredOperationRepository
from tintype.kit.store.mongo_aggregates import MongoAggregates

pytestmark = pytest.mark.servers


class TestMongoOperationStores(OnMongo, OperationStoresSuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[OperationStores]:
        async with self.database() as database:
            yield OperationStores(
                StoredOperationRepository(await MongoAggregates.open(database, OPERATIONS)),
                await MongoLeaseRepository.open(database),
                await MongoRegistryRepository.open(database),
            )
