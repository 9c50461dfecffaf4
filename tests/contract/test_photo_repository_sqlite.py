"""Photos in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from tests.builders import OWNER, make_photo
from tests.clocks import FixedClock
from tests.contract.photo_repository import PhotoRepositorySuite, told

from tintype.catalog.adapters import sqlite_photo_cards
from tintype.catalog.adapters.photo_shape import PHOTOS
from tintype.catalog.adapters.sqlite_photo import SqlitePhotoRepository
from tintype.catalog.adapters.sqlite_photo_counts import DAYS
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.timeline import DayCount
from tintype.catalog.ports.photo import PhotoRepository
from tintype.kit.outbox import Outbox
from tintype.kit.store.aggregate_shape import Column, Index
from tintype.kit.store.documents import Codec
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


class Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def _without(all: Sequence[N], name: str) -> list[N]:
    return [each for each in all if each.name != name]


class TestSqlitePhotoRepository(PhotoRepositorySuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[PhotoRepository, Outbox[PhotoFact]]]:
        async with Database.open(home / "library.db") as database:
            photos = await SqlitePhotoRepository.open(database, clock=FixedClock())
            yield photos, photos.outbox

    async def test_days_are_counted_over_an_index_alone_and_without_sorting(self, tmp_path: Path) -> None:
        async with Database.open(tmp_path / "library.db") as database:
            await SqlitePhotoRepository.open(database)
            plan = await database.read(
                lambda connection: connection.execute(f"EXPLAIN QUERY PLAN {DAYS}", (OWNER, 0, 1)).fetchall()
            )
            [step] = plan
            assert "USING COVERING INDEX photos__days (owner_id=? AND shelf>? AND shelf<?)" in step[3]

    async def test_photos_that_were_counted_by_month_are_counted_by_day_and_keep_their_cards(
        self, tmp_path: Path
    ) -> None:
        """As schema 1 had them."""
        by_month = replace(
            PHOTOS,
            codec=Codec(Photo),
            columns=[Column("month", "TEXT", lambda photo: photo.capture_time.month), *_without(PHOTOS.columns, "day")],
            indexes=[Index("months", ("owner_id", "shelf", "month")), *_without(PHOTOS.indexes, "days")],
        )
        async with Database.open(tmp_path / "library.db") as database:
            older = await SqliteAggregates.open(database, by_month, beside=sqlite_photo_cards)
            await database.write(sqlite_photo_cards.make_table)
            await older.add(photo := make_photo())
            photos = await SqlitePhotoRepository.open(database)
            day = DayCount(photo.capture_time.day, 1)
            assert await photos.count_days(OWNER, archived=False) == [day]
            assert await photos.load(owner_id=OWNER, photo_id=photo.photo_id) == photo
            assert photo.photo_id in await photos.load_cards(owner_id=OWNER, photo_ids=[photo.photo_id])
            await photos.replace(photo, facts=told(photo))
            assert photo.photo_id in await photos.load_cards(owner_id=OWNER, photo_ids=[photo.photo_id])

    async def test_every_photo_in_sight_has_a_card(self, photos: PhotoRepository) -> None:
        photo = make_photo()
        await photos.add(photo, facts=[])
        assert photo.photo_id in await photos.load_cards(owner_id=OWNER, photo_ids=[photo.photo_id])

    async def test_a_card_of_another_form_is_not_shown(self, tmp_path: Path) -> None:
        """As another version of the program leaves it."""
        async with Database.open(tmp_path / "library.db") as database:
            photos = await SqlitePhotoRepository.open(database)
            await photos.add(photo := make_photo(), facts=[])
            await database.write(lambda connection: connection.execute("UPDATE photo_cards SET form = form + 1"))
            assert await photos.load_cards(owner_id=OWNER, photo_ids=[photo.photo_id]) == {}

    @pytest.mark.parametrize("triggers", [True, False])
    async def test_what_a_program_without_cards_changed_or_removed_has_none(
        self, tmp_path: Path, triggers: bool
    ) -> None:
        """Whether or not a version that knows them made their triggers before."""
        kept, changed, removed = (make_photo(str(number)) for number in range(3))
        async with Database.open(tmp_path / "library.db") as database:
            photos = await SqlitePhotoRepository.open(database)
            for each in (kept, changed, removed):
                await photos.add(each, facts=[])

            def older(connection: sqlite3.Connection) -> None:
                for name in () if triggers else ("photo_cards_changed", "photo_cards_gone"):
                    connection.execute(f"DROP TRIGGER {name}")
                connection.execute("UPDATE photos SET revision = revision + 1 WHERE id = ?", (changed.photo_id,))
                connection.execute("UPDATE photos SET unpublished = NULL WHERE id = ?", (kept.photo_id,))
                connection.execute("DELETE FROM photos WHERE id = ?", (removed.photo_id,))

            await database.write(older)
            photos = await SqlitePhotoRepository.open(database)
            ids = [each.photo_id for each in (kept, changed, removed)]
            assert list(await photos.load_cards(owner_id=OWNER, photo_ids=ids)) == [kept.photo_id]
