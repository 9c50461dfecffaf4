"""Photos in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.clocks import FixedClock
from tests.contract.mongo_database import OnMongo
from tests.contract.photo_repository import PhotoRepositorySuite

from tintype.catalog.adapters.mongo_photo import MongoPhotoRepository
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.ports.photo import PhotoRepository
from tintype.kit.outbox import Outbox

pytestmark = pytest.mark.servers


class TestMongoPhotoRepository(OnMongo, PhotoRepositorySuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[PhotoRepository, Outbox[PhotoFact]]]:
        async with self.database() as database:
            photos = await MongoPhotoRepository.open(database, clock=FixedClock())
            yield photos, photos.outbox
