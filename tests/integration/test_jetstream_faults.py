"""JetStream killed, frozen and emptied under a publisher and two consumers of one queue."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from deploy.native.instance import Instance
from tests.jetstream import remove_streams
from tests.native import private_servers

from tintype.events.connect import open_jetstream
from tintype.events.ports import Consumer, ConsumerSpec, EventStream, StreamUnavailable
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.urls import Url

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(180)]

NAME = "PhotoChanged"
SPEC = ConsumerSpec("worker", frozenset({NAME}), ack_wait=timedelta(seconds=3))
FETCH = timedelta(seconds=5)
PAUSE_S = 0.02  # between publishes, so that two consumers keep up
KILLS = 3
FROZEN_S = 8  # crosses ack_wait, the wait of a fetch and the patience of an answer
SILENT_S = 7  # at most, once the server answers again


@dataclass
class Traffic:
    """A publisher that tries again, and consumers that acknowledge; what they saw."""

    stream: EventStream
    published: set[str] = field(default_factory=set)
    heard: Counter[str] = field(default_factory=Counter)
    unavailable: int = 0

    async def publish(self, ending: asyncio.Event) -> None:
        while not ending.is_set():
            events = [Event(RandomIds().new(), "ann", NAME, b"payload", datetime.now(UTC)) for _ in range(3)]
            await self._published(events)
            self.published.update(event.event_id for event in events)
            await asyncio.sleep(PAUSE_S)

    async def consume(self) -> None:
        consumer = await self._opened()
        while True:
            try:
                for delivery in await consumer.fetch(16, FETCH):
                    self.heard[delivery.event.event_id] += 1
                    await delivery.ack()
            except StreamUnavailable:
                self.unavailable += 1
                await asyncio.sleep(PAUSE_S)

    async def heard_all(self) -> bool:
        try:
            return self.published <= self.heard.keys() and await self.stream.pending(SPEC.name) == 0
        except StreamUnavailable:
            return False

    async def _opened(self) -> Consumer:
        while True:
            try:
                return await self.stream.consumer(SPEC)
            except StreamUnavailable:
                await asyncio.sleep(PAUSE_S)

    async def _published(self, events: Sequence[Event]) -> None:
        while True:
            try:
                return await self.stream.publish(events)
            except StreamUnavailable:
                self.unavailable += 1
                await asyncio.sleep(PAUSE_S)


@asynccontextmanager
async def traffic(url: str) -> AsyncIterator[Traffic]:
    """Run until the end of the block, and then until all that was published was heard."""
    async with open_jetstream(Url(f"{url}/tintype?max_bytes={64 * 2**20}")) as stream:
        flow, ending = Traffic(stream), asyncio.Event()
        publishing = asyncio.create_task(flow.publish(ending))
        consuming = [asyncio.create_task(flow.consume()) for _ in range(2)]
        try:
            yield flow
            ending.set()
            await publishing
            await until(flow.heard_all)
        finally:
            for task in (publishing, *consuming):
                task.cancel()
            await asyncio.gather(publishing, *consuming, return_exceptions=True)


async def goes_on(flow: Traffic) -> float:
    """Wait until something published from now on is heard; how long that took."""
    begun, known = time.monotonic(), set(flow.published)

    async def heard_something_new() -> bool:
        return bool((flow.published - known) & flow.heard.keys())

    await until(heard_something_new)
    return time.monotonic() - begun


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while True:
            if await condition():
                return
            await asyncio.sleep(PAUSE_S)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Instance]:
    with private_servers(tmp_path, "nats") as running:
        yield running["nats"]


async def test_killed_three_times_it_loses_nothing_it_acknowledged(server: Instance) -> None:
    processes = set()
    async with traffic(server.urls()["events"]) as flow:
        for _ in range(KILLS):
            await goes_on(flow)
            assert server.process is not None
            processes.add(server.process.pid)
            await asyncio.to_thread(server.kill)
            assert server.process is None
            await asyncio.to_thread(server.start)
            assert await goes_on(flow) < SILENT_S
    assert len(processes) == KILLS
    assert flow.unavailable > 0
    assert flow.published <= flow.heard.keys()


async def test_frozen_beyond_every_deadline_it_goes_on_where_it_was(server: Instance) -> None:
    async with traffic(server.urls()["events"]) as flow:
        await goes_on(flow)
        server.freeze()
        await asyncio.sleep(FROZEN_S)
        assert flow.unavailable > 0
        server.thaw()
        assert await goes_on(flow) < SILENT_S
    assert flow.published <= flow.heard.keys()


async def test_emptied_it_is_made_again_and_goes_on(server: Instance) -> None:
    url = server.urls()["events"]
    async with traffic(url) as flow:
        await goes_on(flow)
        before = await flow.stream.state()
        await remove_streams(f"{url}/tintype")
        assert await goes_on(flow) < SILENT_S
        assert (await flow.stream.state()).epoch != before.epoch
        flow.published &= flow.heard.keys()  # what was in the stream is lost with it: only the sweeps repair that
