"""JetStream killed before a worker gives a job up: each ends as one dead letter.

A server that is killed forgets what it handed out in its last moments, and what it was answered: it comes as if for the
first time, although its photo is FAILED by then.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import nats
import pytest
from tests.clocks import NOON
from tests.integration.test_jetstream_faults import until
from tests.native import private_servers
from tests.unit.analysis.conftest import OWNER, Bench, RememberingCatalog, opened_bench

from tintype.analysis.consumer import AnalysisConsumer
from tintype.analysis.domain import Job, Subject
from tintype.analysis.ports import PhotoGone, StageResult
from tintype.events.connect import open_jetstream
from tintype.events.consumer import Limits
from tintype.events.hear import consumer_name, work
from tintype.events.hearing import hearing
from tintype.events.jetstream_names import Names
from tintype.events.ports import ConsumerSpec, EventStream, StreamUnavailable, UnknownConsumer
from tintype.imaging.ports import DecodeFailed
from tintype.kit.fact import Event, Priority
from tintype.kit.ids import RandomIds
from tintype.kit.urls import Url
from tintype.v1 import events_pb2

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]

PHOTOS = [f"p{number}" for number in range(60)]
POISONS = PHOTOS[11::12]
POOL, PERSON = "worker", consumer_name("worker", Priority.PERSON)


def registered(photo_id: str) -> Event:
    fact = events_pb2.PhotoRegistered(photo_id=photo_id, owner_id=OWNER)
    return Event(RandomIds().new(), OWNER, "PhotoRegistered", fact.SerializeToString(), NOON)


@asynccontextmanager
async def working(bench: Bench, stream: EventStream) -> AsyncIterator[None]:
    """A worker of a pool."""
    hearings = [hearing(events_pb2.PhotoRegistered, AnalysisConsumer(bench.analysis).photo_registered)]
    limits, ack_wait = Limits(2), timedelta(seconds=3)
    task = asyncio.create_task(work(stream, POOL, hearings, limits=limits, max_ack_pending=8, ack_wait=ack_wait))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def letters(stream: EventStream) -> Counter[str]:
    """How many there are of each photo."""
    page = await stream.dead_letters.page(limit=10 * len(PHOTOS))
    facts = [events_pb2.PhotoRegistered.FromString(letter.event.payload) for letter in page if letter.event is not None]
    return Counter(fact.photo_id for fact in facts)


@dataclass
class KillingCatalog(RememberingCatalog):
    """The server is killed right after a failure was kept, before anybody could give up the job.

    All but the poisons are gone, and done so quickly that the server has not written down its last deliveries.
    """

    kill: Callable[[], Awaitable[None]] | None = None

    async def subject(self, job: Job) -> Subject:
        if job.photo_id not in POISONS:
            raise PhotoGone("gone")
        return await super().subject(job)

    async def record(self, job: Job, results: Sequence[StageResult]) -> None:
        await super().record(job, results)
        if self.kill is not None:
            await self.kill()


async def test_a_server_killed_when_a_failure_is_recorded_leaves_one_dead_letter_of_each(tmp_path: Path) -> None:
    with private_servers(tmp_path / "servers", "nats") as servers:
        server, kills = servers["nats"], list[int]()

        async def kill() -> None:
            assert server.process is not None
            kills.append(server.process.pid)
            os.kill(server.process.pid, signal.SIGKILL)  # in this moment: a thread would begin later
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)

        url = Url(f"{server.urls()['events']}/tintype?max_bytes={64 * 2**20}")
        async with opened_bench(tmp_path, KillingCatalog) as bench, open_jetstream(url) as stream:
            assert isinstance(bench.catalog, KillingCatalog)
            bench.catalog.kill = kill
            bench.imaging.error = DecodeFailed("broken")  # at once: soon after it was handed out
            await stream.publish([registered(photo_id) for photo_id in PHOTOS])
            async with working(bench, stream):
                await until(lambda: done(stream))
            assert await letters(stream) == Counter(POISONS)
        assert len(set(kills)) == len(POISONS)


async def done(stream: EventStream) -> bool:
    try:
        return await stream.pending(PERSON) == 0
    except (StreamUnavailable, UnknownConsumer):
        return False


async def test_a_dead_letter_is_kept_although_the_stream_of_them_was_lost(tmp_path: Path) -> None:
    with private_servers(tmp_path / "servers", "nats") as servers:
        url = servers["nats"].urls()["events"]
        async with open_jetstream(Url(f"{url}/tintype?max_bytes={64 * 2**20}")) as stream:
            spec = ConsumerSpec(POOL, frozenset({"PhotoRegistered"}))
            consumer = await stream.consumer(spec)
            await stream.publish([registered("p1")])
            (delivery,) = await consumer.fetch(1, timedelta(seconds=5))
            async with await nats.connect(url) as client:
                await client.jetstream().delete_stream(Names("tintype").dead)
            await delivery.terminate("poison")
            assert await letters(stream) == Counter(["p1"])
