"""Albums in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.clocks import FixedClock
from tests.contract.album_repository import AlbumRepositorySuite

from tintype.catalog.adapters.stored_album import ALBUMS, StoredAlbumRepository
from tintype.catalog.domain.album import AlbumChanged
from tintype.catalog.ports.album import AlbumRepository
from tintype.kit.outbox import Outbox
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


class TestSqliteAlbumRepository(AlbumRepositorySuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[AlbumRepository, Outbox[AlbumChanged]]]:
        async with Database.open(home / "library.db") as database:
            albums = StoredAlbumRepository(await SqliteAggregates.open(database, ALBUMS, clock=FixedClock()))
            yield albums, albums.outbox
