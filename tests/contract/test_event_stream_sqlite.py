"""The stream on SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.contract.event_stream import NOON, EventStreamSuite, make_event, make_spec, one, replayed

from tintype.events.connect import connect, open_sqlite
from tintype.events.ports import RETENTION, CursorExpired, EventStream
from tintype.events.sqlite_stream import SqliteEventStream
from tintype.kit.store.sqlite import Database
from tintype.kit.urls import InvalidUrl, Url, Urls


class MovableClock:
    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


@asynccontextmanager
async def opened(home: Path, clock: MovableClock) -> AsyncIterator[SqliteEventStream]:
    async with Database.open(home / "events.db") as database, SqliteEventStream.open(database, clock=clock) as stream:
        yield stream


class TestSqliteEventStream(EventStreamSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[EventStream]:
        return open_sqlite(Url(f"sqlite://{home}/events.db"))


async def test_facts_are_dropped_after_their_retention_and_cursors_before_them_expire(tmp_path: Path) -> None:
    clock = MovableClock()
    async with opened(tmp_path, clock) as stream:
        consumer = await stream.consumer(make_spec())
        begin = (await stream.state()).end
        await stream.publish([old := make_event(), make_event()])
        delivery = await one(consumer)
        assert delivery.event == old
        await delivery.terminate("poison")
        middle = (await stream.state()).end
        clock.time += timedelta(days=20)
        await stream.publish([young := make_event()])
        assert await stream.trim() == 0
        clock.time += RETENTION - timedelta(days=10)
        assert await stream.trim() == 2
        with pytest.raises(CursorExpired):
            await replayed(stream, "ann", begin)
        assert [stored.event for stored in await replayed(stream, "ann", middle)] == [young]
        assert (await one(consumer)).event == young
        (letter,) = await stream.dead_letters.page()
        assert letter.event is None


async def test_the_sequence_does_not_start_again_when_all_was_dropped(tmp_path: Path) -> None:
    clock = MovableClock()
    async with opened(tmp_path, clock) as stream:
        await stream.publish([make_event(), make_event()])
        clock.time += RETENTION + timedelta(seconds=1)
        await stream.trim()
        state = await stream.state()
        assert (state.first_sequence, state.last_sequence) == (3, 2)
    async with opened(tmp_path, clock) as stream:
        await stream.publish([make_event()])
        assert (await stream.state()).last_sequence == 3


async def test_a_cancelled_fetch_loses_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path, MovableClock()) as stream:
        consumer = await stream.consumer(make_spec(ack_wait=timedelta(milliseconds=50)))
        await stream.publish([event := make_event()])
        fetching = asyncio.create_task(consumer.fetch(1, timedelta(seconds=5)))
        await asyncio.sleep(0)
        fetching.cancel()
        assert (await one(consumer)).event == event


async def test_connecting_twice_gives_one_stream_and_an_unknown_scheme_is_refused(tmp_path: Path) -> None:
    other, events = Url("onnx:"), Url(f"sqlite://{tmp_path}/events.db")
    async with Urls.opened(database=other, events=events, blobs=other, index=other, inference=other) as urls:
        assert await connect(urls) is await connect(urls)
        urls.events = Url("carrier-pigeon://loft")
        with pytest.raises(InvalidUrl, match="TINTYPE_EVENTS_URL"):
            await connect(urls)
