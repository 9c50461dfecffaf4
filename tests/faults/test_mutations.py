"""Guards of the servers' adapters switched off one by one: what holds with each must fail without it.

Without external versions late writes win in Elasticsearch: that is tried beside the index.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from tests.builders import OWNER, make_photo
from tests.clean_servers import remove_namespace
from tests.clocks import FixedClock
from tests.integration.test_mutations import (
    FAR_AHEAD,
    PUTS,
    Property,
    PublisherThatNeverSweeps,
    Repositories,
    Streams,
    bites,
    published_twice_is_heard_once,
)
from tests.servers import Servers, own_namespace

from tintype.blobs.ports import BlobStore, PutOutcome
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_objects import Body
from tintype.blobs.s3_open import open_url as open_s3
from tintype.blobs.s3_options import options_of
from tintype.blobs.s3_store import S3BlobStore
from tintype.catalog.adapters.mongo_photo import MongoPhotoRepository
from tintype.catalog.adapters.mongo_photo_shape import PHOTOS
from tintype.catalog.convert.fact import fact_to_event
from tintype.catalog.domain.fact import PhotoFact, PhotoRegistered
from tintype.catalog.domain.photo import Photo
from tintype.events.connect import open_jetstream
from tintype.events.jetstream_connection import Access, JetStreamConnection
from tintype.events.jetstream_open import names_of
from tintype.events.jetstream_setup import Sizes
from tintype.events.jetstream_stream import JetStreamEventStream
from tintype.events.ports import EventStream
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.publisher import LEFT_AFTER, SWEEP_EVERY, Publisher, enveloped
from tintype.kit.store.mongo import MongoDatabase, Row
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.tls import client_tls
from tintype.kit.urls import Url

pytestmark = [pytest.mark.servers, pytest.mark.faults]


@dataclass
class Places:
    """Namespaces of a test on the servers, one for each adapter and each mutant."""

    servers: Servers
    used: list[str]

    def url(self, name: str) -> Url:
        self.used.append(own_namespace())
        return Url(self.servers.url(name, self.used[-1]))


@pytest.fixture
def places(servers: Servers) -> Places:
    return Places(servers, [])


@pytest.fixture(autouse=True)
async def removed_at_the_end(places: Places) -> AsyncIterator[None]:
    yield
    for namespace in places.used:
        await asyncio.to_thread(remove_namespace, places.servers, namespace)


# ---- the stream recognises what was published before


class StreamThatForgets(JetStreamEventStream):
    """Every publish is a new fact."""

    async def publish(self, events: Sequence[Event]) -> None:
        await super().publish([replace(event, event_id=RandomIds().new()) for event in events])


@asynccontextmanager
async def forgetful(url: Url) -> AsyncIterator[EventStream]:
    async with (
        JetStreamConnection.open(Access.by(url, client_tls(url))) as connection,
        StreamThatForgets.open(connection, names_of(url), Sizes.by(url)) as stream,
    ):
        yield stream


@pytest.mark.parametrize(
    "property", [published_twice_is_heard_once, Streams().test_a_repeated_event_id_is_not_appended_again]
)
async def test_without_deduplication_facts_are_heard_twice(places: Places, property: Property[EventStream]) -> None:
    async with open_jetstream(places.url("events")) as real, forgetful(places.url("events")) as mutant:
        await bites(property, real=real, mutant=mutant)


# ---- a replace expects the revision that was read


class PhotosWhereTheLastWins(MongoAggregates[Photo, PhotoFact]):
    """Whatever revision is stored is the expected one."""

    def _expected(self, aggregate: Photo) -> Row:
        return {key: value for key, value in super()._expected(aggregate).items() if key != "revision"}


async def test_without_expected_revisions_changes_are_lost(places: Places) -> None:
    async with (
        MongoDatabase.open(places.url("database")) as kept,
        MongoDatabase.open(places.url("database")) as careless,
    ):
        real = MongoPhotoRepository(await MongoAggregates.open(kept, PHOTOS))
        mutant = MongoPhotoRepository(await PhotosWhereTheLastWins.open(careless, PHOTOS))
        await bites(Repositories().test_a_replace_of_an_old_revision_changes_nothing, real=real, mutant=mutant)


# ---- what a crash left behind lies in the outbox, and the sweep S1 publishes it


class PhotosWithoutOutbox(MongoAggregates[Photo, PhotoFact]):
    """Facts are told once the photo is stored, and lie nowhere."""

    async def add(self, aggregate: Photo, *, facts: Sequence[PhotoFact] = ()) -> None:
        await super().add(aggregate)
        self._tell(self._entries(aggregate, facts))


@dataclass(frozen=True)
class NextLife:
    """A process that starts where another one ended between its write and its publish."""

    database: Url
    events: Url
    publisher: type[Publisher[PhotoFact]] = Publisher
    photos: type[MongoAggregates[Photo, PhotoFact]] = MongoAggregates

    async def end_before_publishing(self) -> None:
        async with self._opened() as photos:
            photo = make_photo()
            await photos.add(photo, facts=[PhotoRegistered(photo_id=photo.photo_id, owner_id=OWNER)])

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
        async with self._opened() as photos, open_jetstream(self.events) as stream:
            publisher = self.publisher(
                photos.outbox, enveloped(fact_to_event), stream.publish, clock=clock, sleep=pause
            )
            running = asyncio.create_task(publisher.run())
            await asyncio.wait_for(swept.wait(), 10)
            running.cancel()
            await asyncio.wait([running])
            left = await photos.outbox.count_unpublished(older_than=FAR_AHEAD)
            return await stream.count_owner(OWNER), left

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[MongoPhotoRepository]:
        async with MongoDatabase.open(self.database) as database:
            yield MongoPhotoRepository(await self.photos.open(database, PHOTOS))


async def what_a_crash_left_is_published(life: NextLife) -> None:
    await life.end_before_publishing()
    assert await life.run_until_swept() == (1, 0)


async def test_without_the_sweep_facts_are_never_told(places: Places) -> None:
    real = NextLife(places.url("database"), places.url("events"))
    mutant = NextLife(places.url("database"), places.url("events"), publisher=PublisherThatNeverSweeps)
    await bites(what_a_crash_left_is_published, real=real, mutant=mutant)


async def test_without_the_outbox_facts_are_never_told(places: Places) -> None:
    real = NextLife(places.url("database"), places.url("events"))
    mutant = NextLife(places.url("database"), places.url("events"), photos=PhotosWithoutOutbox)
    await bites(what_a_crash_left_is_published, real=real, mutant=mutant)


# ---- an original is put only where nothing lies


class StoreThatOverwrites(S3BlobStore):
    """Every put replaces what lies there."""

    async def put(self, key: str, data: bytes) -> PutOutcome:
        return await self._promoting.put(key, Body.of(data), overwrite=True)


@asynccontextmanager
async def careless_store(url: Url) -> AsyncIterator[BlobStore]:
    async with open_s3(url, "originals"), S3Connection.open(options_of(url, "originals"), client_tls(url)) as direct:
        yield StoreThatOverwrites(direct)


@pytest.mark.parametrize("server", ["blobs", "blobs_versitygw"])
@pytest.mark.parametrize("property", PUTS)
async def test_without_conditional_puts_originals_are_written_over(
    places: Places, property: Property[BlobStore], server: str
) -> None:
    async with open_s3(places.url(server), "originals") as real, careless_store(places.url(server)) as mutant:
        await bites(property, real=real, mutant=mutant)
