"""A fact on its whole way: written with its aggregate, published, heard, acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.jetstream import removed_at_the_end
from tests.servers import Servers, own_namespace

from tintype.events.connect import open_jetstream, open_sqlite
from tintype.events.hear import consuming
from tintype.events.ports import EventStream
from tintype.kit.app import App
from tintype.kit.errors import AlreadyExists, Conflict, NotFound
from tintype.kit.store.aggregate_shape import Shape
from tintype.kit.store.documents import Codec, FactCodec
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.kit.urls import Url
from tintype.v1 import events_pb2


@dataclass(frozen=True, slots=True)
class Album:
    owner_id: str
    album_id: str
    revision: int = 1


@dataclass(frozen=True, slots=True)
class AlbumChanged:
    album_id: str
    revision: int = 0


SHAPE = Shape[Album, AlbumChanged](
    table="albums",
    codec=Codec(Album),
    facts=FactCodec(AlbumChanged),
    aggregate_id=lambda album: album.album_id,
    not_found=NotFound,
    already_exists=AlreadyExists,
    conflict=Conflict,
)


def fact_to_event(fact: AlbumChanged) -> events_pb2.AlbumChanged:
    return events_pb2.AlbumChanged(album_id=fact.album_id, revision=fact.revision)


@pytest.fixture(params=["sqlite", pytest.param("nats", marks=pytest.mark.servers)])
async def stream(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EventStream]:
    if request.param == "sqlite":
        async with open_sqlite(Url(f"sqlite://{tmp_path}/events.db")) as opened:
            yield opened
        return
    servers: Servers = request.getfixturevalue("servers")
    async with (
        removed_at_the_end(servers.url("events", own_namespace())) as url,
        open_jetstream(Url(url)) as opened,
    ):
        yield opened


async def test_a_fact_written_with_its_aggregate_reaches_its_handler(tmp_path: Path, stream: EventStream) -> None:
    heard: asyncio.Queue[events_pb2.AlbumChanged] = asyncio.Queue()
    async with Database.open(tmp_path / "library.db") as database:
        albums = await SqliteAggregates.open(database, SHAPE)
        left = Album("ann", "left")
        await albums.add(left, facts=[AlbumChanged("left")])  # before anybody publishes
        app = App("catalog", stream=stream, consume=consuming(stream))
        app.publish(albums, fact_to_event)
        app.subscribe(events_pb2.AlbumChanged, heard.put)
        assert app.consume is not None
        tasks = [asyncio.ensure_future(background.run()) for background in app.backgrounds]
        tasks.append(asyncio.ensure_future(app.consume(app.name, app.subscriptions)))
        async with asyncio.timeout(5):
            assert (await heard.get()).album_id == "left"
            await albums.replace(left, facts=[AlbumChanged("left")])
            assert (await heard.get()).revision == 2
            while await stream.pending("catalog"):
                pass
            while await albums.count_unpublished(older_than=datetime.now(UTC) + timedelta(minutes=1)):
                pass
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks)
        assert heard.empty()
