"""Albums in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.clocks import FixedClock
from tests.contract.album_repository import AlbumRepositorySuite
from tests.contract.mongo_database import OnMongo

from tintype.catalog.adapters.mongo_documents import ALBUMS
from tintype.catalog.adapters.stored_album import StoredAlbumRepository
from tintype.catalog.domain.album import AlbumChanged
from tintype.catalog.ports.album import AlbumRepository
from tintype.kit.outbox import Outbox
from tintype.kit.store.mongo_aggregates import MongoAggregates

pytestmark = pytest.mark.servers


class TestMongoAlbumRepository(OnMongo, AlbumRepositorySuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[AlbumRepository, Outbox[AlbumChanged]]]:
        async with self.database() as database:
            albums = StoredAlbumRepository(await MongoAggregates.open(database, ALBUMS, clock=FixedClock()))
            yield albums, albums.outbox
