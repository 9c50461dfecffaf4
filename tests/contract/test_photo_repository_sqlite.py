"""Photos in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.builders import OWNER, make_photo
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

    async def test_every_photo_in_sight_has_a_card(self, photos: PhotoRepository) -> None:
        photo = make_photo()
        await photos.add(photo, facts=[])
        assert photo.photo_id in await photos.load_cards(owner_id=OWNER, photo_ids=[photo.photo_id])

    async def test_a_card_of_another_form_or_revision_is_not_shown(self, tmp_path: Path) -> None:
        """As another version of the program leaves them."""
        photo, other = make_photo("1"), make_photo("2")
        async with Database.open(tmp_path / "library.db") as database:
            photos = await SqlitePhotoRepository.open(database)
            for each in (photo, other):
                await photos.add(each, facts=[])
            stale = "UPDATE photo_cards SET form = form + (id = ?), revision = revision + (id = ?)"
            await database.write(lambda connection: connection.execute(stale, (photo.photo_id, other.photo_id)))
            ids = [photo.photo_id, other.photo_id]
            assert await photos.load_cards(owner_id=OWNER, photo_ids=ids) == {}
