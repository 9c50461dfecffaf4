"""Guards of the server adapters switched off: what the real adapter keeps must fail without its guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from tests.contract.mongo_database import OnMongo
from tests.elastic import Indices, own_indices
from tests.integration.test_mutations import (
    Indexes,
    Property,
    Repositories,
    Streams,
    bites,
    published_twice_is_heard_once,
)
from tests.jetstream import removed_at_the_end
from tests.servers import Servers, own_namespace

from tintype.catalog.adapters.mongo_photo import MongoPhotoRepository
from tintype.catalog.adapters.mongo_photo_shape import PHOTOS
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.events.jetstream_connection import Access, JetStreamConnection
from tintype.events.jetstream_open import names_of
from tintype.events.jetstream_setup import Sizes
from tintype.events.jetstream_stream import JetStreamEventStream
from tintype.events.ports import EventStream
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.urls import Url
from tintype.search.adapters.elasticsearch.index import ElasticsearchPhotoIndex
from tintype.search.domain.document import IndexDocument
from tintype.search.ports import PhotoIndex

pytestmark = pytest.mark.servers

# ---- JetStream recognises what was published before


class StreamThatForgets(JetStreamEventStream):
    """Every publish is a new fact."""

    async def publish(self, events: Sequence[Event]) -> None:
        await super().publish([replace(event, event_id=RandomIds().new()) for event in events])


@asynccontextmanager
async def stream_of(kind: type[JetStreamEventStream], servers: Servers) -> AsyncIterator[EventStream]:
    async with removed_at_the_end(servers.url("events", own_namespace())) as text:
        url = Url(text)
        async with (
            JetStreamConnection.open(Access.by(url)) as connection,
            kind.open(connection, names_of(url), Sizes.by(url)) as stream,
        ):
            yield stream


@pytest.mark.parametrize(
    "property", [published_twice_is_heard_once, Streams().test_a_repeated_event_id_is_not_appended_again]
)
async def test_without_deduplication_facts_are_heard_twice(servers: Servers, property: Property[EventStream]) -> None:
    async with stream_of(JetStreamEventStream, servers) as real, stream_of(StreamThatForgets, servers) as mutant:
        await bites(property, real=real, mutant=mutant)


# ---- a replace in MongoDB expects the revision that was read


class PhotosWhereTheLastWins(MongoAggregates[Photo, PhotoFact]):
    """Whatever revision is stored is the expected one."""

    def _expected(self, aggregate: Photo) -> dict[str, object]:
        return {name: value for name, value in super()._expected(aggregate).items() if name != "revision"}


class TestRevisions(OnMongo):
    async def test_without_expected_revisions_changes_are_lost(self) -> None:
        async with self.database() as kept, self.database() as careless:
            real = MongoPhotoRepository(await MongoAggregates.open(kept, PHOTOS))
            mutant = MongoPhotoRepository(await PhotosWhereTheLastWins.open(careless, PHOTOS))
            await bites(Repositories().test_a_replace_of_an_old_revision_changes_nothing, real=real, mutant=mutant)


# ---- Elasticsearch keeps the newest revision


class IndexWhereTheLastWins(ElasticsearchPhotoIndex):
    """Every put carries a version above all others."""

    _versions = count(1 << 40)

    async def put(self, documents: Sequence[IndexDocument]) -> int:
        return await super().put([replace(each, revision=next(self._versions)) for each in documents])


@pytest.fixture
def indices() -> Iterator[Indices]:
    with own_indices() as made:
        yield made


@pytest.mark.parametrize(
    "property",
    [
        Indexes().test_only_a_higher_revision_replaces,
        Indexes().test_a_deleted_photo_does_not_come_back_by_a_late_write,
    ],
)
async def test_without_external_versions_late_writes_win(
    tmp_path: Path, indices: Indices, property: Property[PhotoIndex]
) -> None:
    async with (
        ElasticsearchPhotoIndex.connect(indices.url(tmp_path / "real")) as real,
        IndexWhereTheLastWins.connect(indices.url(tmp_path / "mutant")) as mutant,
    ):
        await bites(property, real=real, mutant=mutant)
