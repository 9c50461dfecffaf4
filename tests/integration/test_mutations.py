"""Guards switched off one by one: what the real adapter keeps must fail without its guard, or the tests prove nothing.

The properties are tests of the suites wherever one is about the guard, so that it is the suites which are tried here.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import pytest
from tests.builders import OWNER, make_photo
from tests.clocks import FixedClock
from tests.contract.blob_store import BlobStoreSuite
from tests.contract.event_stream import EventStreamSuite, one
from tests.contract.photo_index import PhotoIndexSuite
from tests.contract.photo_repository import PhotoRepositorySuite

from tintype.blobs.file_store import FileBlobStore
from tintype.blobs.ports import BlobStore, PutOutcome
from tintype.catalog.adapters.photo_shape import PHOTOS
from tintype.catalog.adapters.sqlite_photo import SqlitePhotoRepository
from tintype.catalog.adapters.sqlite_photo_cards import make_table
from tintype.catalog.convert.fact import fact_to_event
from tintype.catalog.domain.fact import PhotoFact, PhotoRegistered
from tintype.catalog.domain.photo import Photo
from tintype.catalog.ports.photo import PhotoRepository
from tintype.events.connect import open_sqlite
from tintype.events.ports import ConsumerSpec, EventStream
from tintype.events.sqlite_stream import SqliteEventStream
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.outbox import Outbox
from tintype.kit.publisher import LEFT_AFTER, SWEEP_EVERY, Publisher, enveloped
from tintype.kit.store.aggregate_outbox import Entry
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.kit.urls import Url
from tintype.search.adapters.sqlite.index import SqlitePhotoIndex
from tintype.search.domain.document import DocumentKey, IndexDocument
from tintype.search.ports import PhotoIndex

T = TypeVar("T")
Property = Callable[[T], Awaitable[None]]

TOP_REVISION: Final = 1 << 62
FAR_AHEAD: Final = datetime(9999, 1, 1, tzinfo=UTC)
BROKEN: Final = AssertionError, pytest.fail.Exception  # how a test of a suite fails


async def bites(property: Property[T], *, real: T, mutant: T) -> None:
    """The property holds for the adapter and fails for the one without the guard."""
    await property(real)
    with pytest.raises(BROKEN):
        await property(mutant)


# ---- the stream recognises what was published before


class Streams(EventStreamSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[EventStream]:
        raise AssertionError("opened by the test")


class StreamThatForgets(SqliteEventStream):
    """Every publish is a new fact."""

    async def publish(self, events: Sequence[Event]) -> None:
        await super().publish([replace(event, event_id=RandomIds().new()) for event in events])


async def published_twice_is_heard_once(stream: EventStream) -> None:
    """What a crash between publishing and taking out of the outbox leads to."""
    event = Event(RandomIds().new(), OWNER, "PhotoChanged", b"payload", datetime.now(UTC))
    consumer = await stream.consumer(ConsumerSpec("twice", frozenset({"PhotoChanged"})))
    await stream.publish([event])
    await stream.publish([event])
    await (await one(consumer)).ack()
    assert await stream.pending("twice") == 0


@pytest.mark.parametrize(
    "property", [published_twice_is_heard_once, Streams().test_a_repeated_event_id_is_not_appended_again]
)
async def test_without_deduplication_facts_are_heard_twice(tmp_path: Path, property: Property[EventStream]) -> None:
    async with (
        Database.open(tmp_path / "real.db") as kept,
        Database.open(tmp_path / "mutant.db") as forgetful,
        SqliteEventStream.open(kept) as real,
        StreamThatForgets.open(forgetful) as mutant,
    ):
        await bites(property, real=real, mutant=mutant)


# ---- a replace expects the revision that was read


class Repositories(PhotoRepositorySuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[tuple[PhotoRepository, Outbox[PhotoFact]]]:
        raise AssertionError("opened by the test")


class PhotosWhereTheLastWins(SqliteAggregates[Photo, PhotoFact]):
    """Whatever revision is stored is the expected one."""

    def _expect(self, connection: sqlite3.Connection, aggregate: Photo) -> list[Entry]:
        key = (aggregate.owner_id, aggregate.photo_id)
        stored = connection.execute("SELECT revision FROM photos WHERE owner_id = ? AND id = ?", key).fetchone()
        return super()._expect(connection, replace(aggregate, revision=stored[0]))


async def test_without_expected_revisions_changes_are_lost(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "real.db") as kept, Database.open(tmp_path / "mutant.db") as careless:
        real = SqlitePhotoRepository(await SqliteAggregates.open(kept, PHOTOS), kept)
        mutant = SqlitePhotoRepository(await PhotosWhereTheLastWins.open(careless, PHOTOS), careless)
        for database in (kept, careless):
            await database.write(make_table)
        await bites(Repositories().test_a_replace_of_an_old_revision_changes_nothing, real=real, mutant=mutant)


# ---- the sweep S1 publishes what a crash left behind


class PublisherThatNeverSweeps(Publisher[PhotoFact]):
    """Publishes what is written while it runs, and no more."""

    async def sweep(self, *, older_than: timedelta = LEFT_AFTER) -> int:
        return 0


class PhotosWithoutOutbox(SqliteAggregates[Photo, PhotoFact]):
    """Facts are told once the photo is stored, and lie nowhere."""

    async def add(self, aggregate: Photo, *, facts: Sequence[PhotoFact] = ()) -> None:
        await super().add(aggregate)
        self._tell(self._entries(aggregate, facts))


@dataclass(frozen=True)
class NextLife:
    """A process that starts on a home where another one ended between its write and its publish."""

    home: Path
    publisher: type[Publisher[PhotoFact]] = Publisher
    photos: type[SqliteAggregates[Photo, PhotoFact]] = SqliteAggregates

    async def run_until_swept(self) -> tuple[int, int]:
        """How many facts are in the stream, and how many photos still wait to be told."""
        clock, swept = FixedClock(datetime.now(UTC)), asyncio.Event()

        async def pause(_: float) -> None:
            """The first pause is over at once, at the second one the first sweep has ended."""
            if clock.now() > begun:
                swept.set()
                await asyncio.Event().wait()
            clock.pass_(SWEEP_EVERY + LEFT_AFTER)

        begun = clock.now()
        async with (
            Database.open(self.home / "library.db") as database,
            open_sqlite(Url(f"sqlite://{self.home}/events.db")) as stream,
        ):
            photos = await SqlitePhotoRepository.open(database)
            publisher = self.publisher(
                photos.outbox, enveloped(fact_to_event), stream.publish, clock=clock, sleep=pause
            )
            running = asyncio.create_task(publisher.run())
            await asyncio.wait_for(swept.wait(), 10)
            running.cancel()
            await asyncio.wait([running])
            left = await photos.outbox.count_unpublished(older_than=FAR_AHEAD)
            return await stream.count_owner(OWNER), left


async def what_a_crash_left_is_published(life: NextLife) -> None:
    async with Database.open(life.home / "library.db") as database:
        await SqlitePhotoRepository.open(database)  # makes all tables
        photos = SqlitePhotoRepository(await life.photos.open(database, PHOTOS), database)
        photo = make_photo()
        fact = PhotoRegistered(photo_id=photo.photo_id, owner_id=OWNER)
        await photos.add(photo, facts=[fact])  # and the process ends here
    assert await life.run_until_swept() == (1, 0)


async def test_without_the_sweep_facts_are_never_told(tmp_path: Path) -> None:
    homes = [tmp_path / "real", tmp_path / "mutant"]
    for home in homes:
        home.mkdir()
    real, mutant = NextLife(homes[0]), NextLife(homes[1], publisher=PublisherThatNeverSweeps)
    await bites(what_a_crash_left_is_published, real=real, mutant=mutant)


async def test_without_the_outbox_facts_are_never_told(tmp_path: Path) -> None:
    homes = [tmp_path / "real", tmp_path / "mutant"]
    for home in homes:
        home.mkdir()
    real, mutant = NextLife(homes[0]), NextLife(homes[1], photos=PhotosWithoutOutbox)
    await bites(what_a_crash_left_is_published, real=real, mutant=mutant)


# ---- the index keeps the newest revision, and the revisions of deletes


class Indexes(PhotoIndexSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[PhotoIndex]:
        raise AssertionError("opened by the test")


class IndexWhereTheLastWins(SqlitePhotoIndex):
    """Whatever is stored or was deleted is forgotten before a put."""

    async def put(self, documents: Sequence[IndexDocument]) -> int:
        keys = [DocumentKey(document.owner_id, document.photo_id, TOP_REVISION) for document in documents]
        await self.delete(keys)
        await self.forget_deletes(before=FAR_AHEAD)
        return await super().put(documents)


@pytest.mark.parametrize(
    "property",
    [
        Indexes().test_only_a_higher_revision_replaces,
        Indexes().test_a_deleted_photo_does_not_come_back_by_a_late_write,
    ],
)
async def test_without_revisions_late_writes_win_in_the_index(tmp_path: Path, property: Property[PhotoIndex]) -> None:
    async with (
        SqlitePhotoIndex.connect(Url(f"sqlite://{tmp_path}/real.db")) as real,
        IndexWhereTheLastWins.connect(Url(f"sqlite://{tmp_path}/mutant.db")) as mutant,
    ):
        await bites(property, real=real, mutant=mutant)


# ---- an original is put only where nothing lies


class Stores(BlobStoreSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[BlobStore]:
        raise AssertionError("opened by the test")


class StoreThatOverwrites(FileBlobStore):
    """Every put replaces what lies there."""

    def _put(self, path: Path, data: bytes, *, overwrite: bool) -> PutOutcome:
        return super()._put(path, data, overwrite=True)

    def _promote(self, handle: str, path: Path, size_bytes: int, overwrite: bool, keep: bool) -> PutOutcome:
        return super()._promote(handle, path, size_bytes, True, keep)


PUTS: Final = [Stores().test_what_was_put_is_there_and_stays, Stores().test_of_two_puts_at_once_one_stores]


@pytest.mark.parametrize("property", PUTS)
async def test_without_conditional_puts_originals_are_written_over(
    tmp_path: Path, property: Property[BlobStore]
) -> None:
    async with (
        FileBlobStore.open(tmp_path / "real") as real,
        StoreThatOverwrites.open(tmp_path / "mutant") as mutant,
    ):
        await bites(property, real=real, mutant=mutant)
