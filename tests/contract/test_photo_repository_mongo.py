"""Photos in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.builders import OWNER, make_photo
from tests.clocks import FixedClock
from tests.contract.mongo_database import OnMongo
from tests.contract.photo_repository import PhotoRepositorySuite

from tintype.catalog.adapters.mongo_photo import MongoPhotoRepository
from tintype.catalog.adapters.mongo_photo_shape import PhotoDocument
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

    async def test_what_an_older_replica_adds_during_an_upgrade_is_counted_from_the_next_start(self) -> None:
        async with self.database() as database:
            photos = await MongoPhotoRepository.open(database)
            for name in ("a", "b"):
                await photos.add(make_photo(name), facts=[])
            older = {"$set": {"schema": 1}, "$unset": {"day": ""}}
            await database.as_it_is(PhotoDocument).update_one({"content.file.file_name": "a.jpg"}, older)
            assert [day.count for day in await photos.count_days(OWNER, archived=False)] == [1]
            again = await MongoPhotoRepository.open(database)
            assert [day.count for day in await again.count_days(OWNER, archived=False)] == [2]
