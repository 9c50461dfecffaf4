"""Photos in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.clocks import FixedClock
from tests.contract.photo_repository import PhotoRepositorySuite

from tintype.catalog.adapters.sqlite_photo import SqlitePhotoRepository
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.ports.photo import PhotoRepository
from tintype.kit.outbox import Outbox
from tintype.kit.store.sqlite import Database


class TestSqlitePhotoRepository(PhotoRepositorySuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[PhotoRepository, Outbox[PhotoFact]]]:
        async with Database.open(home / "library.db") as database:
            photos = await SqlitePhotoRepository.open(database, clock=FixedClock())
            yield photos, photos.outbox
