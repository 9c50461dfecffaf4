"""Facts are published at once, and what is left by a sweep."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.message import Message
from tests.timers import Timers, settled

from tintype.kit.errors import Unavailable
from tintype.kit.fact import Event, Priority
from tintype.kit.outbox import Unpublished
from tintype.kit.publisher import BATCH, Publisher, enveloped
from tintype.v1 import events_pb2

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AlbumChanged:
    album_id: str


def fact_to_event(fact: AlbumChanged) -> events_pb2.AlbumChanged:
    if fact.album_id == "poison":
        raise KeyError(fact.album_id)
    return events_pb2.AlbumChanged(album_id=fact.album_id)


class Ticking:
    def __init__(self, timers: Timers) -> None:
        self._timers = timers

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self._timers.now)


class Box:
    """Outbox: what `write` puts in, in memory."""

    def __init__(self, clock: Ticking) -> None:
        self.facts: list[Unpublished[AlbumChanged]] = []
        self._clock = clock
        self._written: list[Callable[[Sequence[Unpublished[AlbumChanged]]], None]] = []
        self._count = 0

    def write(self, *album_ids: str, told: bool = True) -> None:
        new = []
        for album_id in album_ids:
            self._count += 1
            new.append(Unpublished(f"e{self._count}", "ann", album_id, AlbumChanged(album_id), self._clock.now()))
        self.facts += new
        for written in self._written if told else ():
            written(new)

    def listen(self, written: Callable[[Sequence[Unpublished[AlbumChanged]]], None]) -> None:
        self._written.append(written)

    async def unpublished(self, *, older_than: datetime, limit: int) -> list[Unpublished[AlbumChanged]]:
        return [fact for fact in self.facts if fact.time < older_than][:limit]

    async def mark_published(self, facts: Sequence[Unpublished[AlbumChanged]]) -> None:
        gone = {fact.event_id for fact in facts}
        self.facts = [fact for fact in self.facts if fact.event_id not in gone]

    async def count_unpublished(self, *, older_than: datetime) -> int:
        return len({fact.aggregate_id for fact in self.facts if fact.time < older_than})


class Stream:
    def __init__(self) -> None:
        self.calls: list[list[Event]] = []
        self.away = False
        self.broken = False
        self.open = asyncio.Event()
        self.open.set()

    @property
    def albums(self) -> list[str]:
        return [events_pb2.AlbumChanged.FromString(event.payload).album_id for call in self.calls for event in call]

    async def publish(self, events: Sequence[Event]) -> None:
        await self.open.wait()
        if self.away:
            raise Unavailable("away")
        if self.broken:
            raise asyncio.CancelledError
        self.calls.append(list(events))


@dataclass(slots=True)
class Scene:
    timers: Timers
    box: Box
    stream: Stream
    publisher: Publisher[AlbumChanged]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.publisher.run())
        await settled()
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.wait([task])


@pytest.fixture
async def scene() -> Scene:
    timers = Timers()
    clock, stream = Ticking(timers), Stream()
    box = Box(clock)
    publisher = Publisher(box, enveloped(fact_to_event), stream.publish, clock=clock, sleep=timers.sleep)
    return Scene(timers, box, stream, publisher)


async def test_what_is_written_is_published_at_once_and_taken_out(scene: Scene) -> None:
    async with scene.running():
        scene.box.write("a")
        await settled()
        ((event,),) = scene.stream.calls
        assert (event.event_id, event.owner_id, event.name, event.time) == ("e1", "ann", "AlbumChanged", NOON)
        assert event.priority is Priority.PERSON
        assert scene.box.facts == []


def test_a_fact_may_come_with_a_priority() -> None:
    def of_an_import(fact: AlbumChanged) -> tuple[Message, int]:
        return fact_to_event(fact), Priority.BACKLOG

    wrap = enveloped(of_an_import)
    assert wrap(Unpublished("e", "ann", "a", AlbumChanged("a"), NOON)).priority is Priority.BACKLOG


async def test_what_was_left_before_is_published_at_the_start(scene: Scene) -> None:
    scene.box.write(*(f"a{number}" for number in range(BATCH + 3)), told=False)
    async with scene.running():
        assert scene.stream.albums == [f"a{number}" for number in range(BATCH + 3)]
        assert scene.box.facts == []


async def test_what_is_written_during_a_publish_goes_together_and_in_order(scene: Scene) -> None:
    async with scene.running():
        scene.stream.open.clear()
        scene.box.write("a")
        await settled()
        scene.box.write("b", "c")
        scene.box.write("d")
        scene.stream.open.set()
        await settled()
        assert [len(call) for call in scene.stream.calls] == [1, 3]
        assert scene.stream.albums == ["a", "b", "c", "d"]


async def test_what_was_missed_is_swept_when_it_is_old_enough(scene: Scene) -> None:
    async with scene.running():
        scene.box.write("missed", told=False)
        await scene.timers.advance(30)
        assert scene.stream.albums == []  # just thirty seconds old: it might be on its way
        await scene.timers.advance(30)
        assert scene.stream.albums == ["missed"]
        assert scene.box.facts == []


async def test_while_the_stream_is_away_facts_stay_and_go_when_it_is_back(scene: Scene) -> None:
    async with scene.running():
        scene.stream.away = True
        scene.box.write("a")
        await settled()
        for _ in range(5):
            await scene.timers.advance(15)
            scene.box.write("b")
            await settled()
        assert scene.stream.calls == []
        assert len(scene.box.facts) == 6
        scene.stream.away = False
        await scene.timers.advance(15)
        assert scene.box.facts == []
        assert set(scene.stream.albums) == {"a", "b"}
        scene.box.write("after")
        await settled()
        assert scene.stream.albums[-1] == "after"


async def test_the_end_publishes_what_was_just_written(scene: Scene) -> None:
    async with scene.running() as task:
        scene.box.write("last")
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
    assert scene.stream.albums == ["last"]
    assert scene.box.facts == []


async def test_a_sweep_by_hand_says_how_many_it_published(scene: Scene) -> None:
    scene.box.write("a", "b", told=False)
    assert await scene.publisher.sweep() == 0
    assert await scene.publisher.sweep(older_than=timedelta(seconds=-1)) == 2
    assert await scene.publisher.sweep(older_than=timedelta(seconds=-1)) == 0


async def test_a_fact_that_cannot_be_converted_stays_and_holds_up_nobody(scene: Scene) -> None:
    scene.box.write("poison", "left", told=False)
    async with scene.running():
        scene.box.write("poison", "new")
        await scene.timers.advance(30)
        await scene.timers.advance(30)
        assert scene.stream.albums == ["left", "new"]
        assert [fact.fact.album_id for fact in scene.box.facts] == ["poison", "poison"]


async def test_a_stream_that_breaks_off_by_itself_is_asked_again(scene: Scene) -> None:
    scene.stream.broken = True
    async with scene.running():
        scene.box.write("a")
        await settled()
        assert scene.stream.calls == []
        scene.stream.broken = False
        await scene.timers.advance(1)
        assert scene.stream.albums == ["a"]
        scene.box.write("b")
        await settled()
        assert scene.stream.albums == ["a", "b"]
