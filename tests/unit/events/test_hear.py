"""Services and pools on the real stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from google.protobuf.message import Message
from tests.unit.events.stream import NOON, fact

from tintype.events.connect import open_sqlite
from tintype.events.consumer import Limits
from tintype.events.hear import consumer_name, consuming, work
from tintype.events.hearing import Heard, Subscribed, hearing
from tintype.events.ports import EventStream
from tintype.kit.fact import Event, Priority
from tintype.kit.ids import RandomIds
from tintype.kit.urls import Url
from tintype.v1 import events_pb2


@dataclass(frozen=True, slots=True)
class Subscription:
    message: type[events_pb2.PhotoChanged]
    handler: Callable[[events_pb2.PhotoChanged], Awaitable[None]]


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[EventStream]:
    async with open_sqlite(Url(f"sqlite://{tmp_path}/events.db")) as opened:
        yield opened


def event_of(message: Message, priority: Priority = Priority.PERSON) -> Event:
    name, payload = message.DESCRIPTOR.name, message.SerializeToString()
    return Event(RandomIds().new(), "ann", name, payload, NOON, priority)


async def all_done(stream: EventStream, consumer: str) -> None:
    async with asyncio.timeout(5):
        while await stream.pending(consumer):  # each question is answered in another thread, so others go on
            pass


async def test_a_service_hears_what_it_subscribed_to(stream: EventStream) -> None:
    heard: asyncio.Queue[events_pb2.PhotoChanged] = asyncio.Queue()
    subscribed = cast(Subscribed[Message], Subscription(events_pb2.PhotoChanged, heard.put))
    task = asyncio.ensure_future(consuming(stream)("search", [subscribed]))
    await stream.publish([event_of(fact("p1")), event_of(events_pb2.AlbumChanged(album_id="a"))])
    async with asyncio.timeout(5):
        assert (await heard.get()).photo_id == "p1"
    await all_done(stream, "search")
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert heard.empty()


async def test_two_workers_share_the_work_of_all_priorities(stream: EventStream) -> None:
    done: list[str] = []
    all_heard = asyncio.Event()

    async def handle(heard: Heard[events_pb2.PhotoChanged]) -> None:
        await asyncio.sleep(0)
        done.append(heard.message.photo_id)
        if len(done) == 30:
            all_heard.set()

    tasks = [
        asyncio.create_task(
            work(
                stream,
                "analysis",
                [hearing(events_pb2.PhotoChanged, handle)],
                limits=Limits(concurrency=2),
                max_ack_pending=8,
            )
        )
        for _ in range(2)
    ]
    await stream.publish([event_of(fact(f"{priority}-{n}"), priority) for priority in Priority for n in range(10)])
    async with asyncio.timeout(5):
        await all_heard.wait()
    for priority in Priority:
        await all_done(stream, consumer_name("analysis", priority))
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert sorted(done) == sorted(f"{priority}-{n}" for priority in Priority for n in range(10))


async def test_the_least_urgent_work_never_takes_all_places(stream: EventStream) -> None:
    started: list[str] = []
    first_started = asyncio.Event()
    person_done = asyncio.Event()
    release = asyncio.Event()
    most_deferred = 0
    running_deferred = 0

    async def handle(heard: Heard[events_pb2.PhotoChanged]) -> None:
        nonlocal most_deferred, running_deferred
        started.append(heard.message.photo_id)
        first_started.set()
        if heard.priority is Priority.PERSON:
            person_done.set()
            return
        running_deferred += 1
        most_deferred = max(most_deferred, running_deferred)
        await release.wait()
        running_deferred -= 1

    await stream.publish([event_of(fact(f"deferred-{n}"), Priority.DEFERRED) for n in range(3)])
    task = asyncio.create_task(
        work(
            stream,
            "analysis",
            [hearing(events_pb2.PhotoChanged, handle)],
            limits=Limits(concurrency=4, least_urgent=1),
            max_ack_pending=8,
        )
    )
    async with asyncio.timeout(5):
        await first_started.wait()
        await stream.publish([event_of(fact("person"))])
        await person_done.wait()  # while a deferred one holds its place
        release.set()
        await all_done(stream, consumer_name("analysis", Priority.DEFERRED))
    task.cancel()
    await asyncio.wait([task])
    assert most_deferred == 1
    assert sorted(started) == ["deferred-0", "deferred-1", "deferred-2", "person"]
