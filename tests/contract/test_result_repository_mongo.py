"""Results of analysis in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.mongo_database import OnMongo
from tests.contract.result_repository import ResultRepositorySuite

from tintype.catalog.adapters.mongo_result import MongoResultRepository
from tintype.catalog.ports.result import ResultRepository
from tintype.kit.clock import Clock

pytestmark = pytest.mark.servers


class TestMongoResultRepository(OnMongo, ResultRepositorySuite):
    @asynccontextmanager
    async def connect(self, home: Path, clock: Clock) -> AsyncIterator[ResultRepository]:
        async with self.database() as database:
            yield await MongoResultRepository.open(database, clock=clock)
