"""K8: every fact comes three times, out of order and late; all is as if each had come once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.faults.scale import scaled
from tests.faults.servers.world import World
from tests.invariants import stores_of

from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import PhotoState
from tintype.events.connect import open_jetstream
from tintype.events.ports import ConsumerSpec, EventStream
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.urls import Url

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(scaled(900, 14_400))]

FACTS = scaled(500, 20_000)
FACTS_OF_A_PHOTO = 3  # at least: results may be recorded together
COMPARED = 40  # photos that another owner uploads without any echo
ALIKE = 0.95  # the cosine of vectors: a model of small integers rounds by what else is in its batch
COPIES = 2  # of each, beside itself
AT_ONCE = 12  # facts are shuffled among so many
LONG_AGO = datetime.fromtimestamp(0, UTC)
FETCH = timedelta(seconds=1)
NAMES = frozenset(
    {"PhotoRegistered", "PhotoChanged", "PhotoReady", "PhotoDeleted", "AlbumChanged", "AnalysisRequested"}
)


@dataclass
class Echo:
    """Hears every fact and publishes it again, as others: with an event id of its own, so that nothing absorbs it."""

    stream: EventStream
    chance: random.Random
    heard: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    late: list[Event] = field(default_factory=list)
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        consumer = await self.stream.consumer(ConsumerSpec("echo", NAMES))
        while True:
            for delivery in await consumer.fetch(AT_ONCE, FETCH):
                if delivery.event.event_id not in self.said:
                    self.heard.add(delivery.event.event_id)
                    self.late += [replace(delivery.event, event_id=RandomIds().new()) for _ in range(COPIES)]
                await delivery.ack()
            self.chance.shuffle(self.late)
            await self._say(self.late[: AT_ONCE * COPIES])
            del self.late[: AT_ONCE * COPIES]
            (self.silent.clear if self.late else self.silent.set)()

    async def _say(self, events: list[Event]) -> None:
        self.said.update(event.event_id for event in events)
        await self.stream.publish(events)


@asynccontextmanager
async def echoing(world: World) -> AsyncIterator[Echo]:
    async with open_jetstream(Url(world.deployment.environment["TINTYPE_EVENTS_URL"])) as stream:
        echo = Echo(stream, random.Random(8))
        saying = asyncio.create_task(echo.run())
        try:
            yield echo
        finally:
            saying.cancel()
            with suppress(asyncio.CancelledError):
                await saying
            await stream.remove_consumer("echo")


async def test_every_fact_three_times(world: World) -> None:
    owner = await world.owner("k8")
    files = owner.drawn(FACTS // FACTS_OF_A_PHOTO, first=40_000)
    async with echoing(world) as echo:
        async with owner.client() as client, asyncio.TaskGroup() as uploads:
            for file in files:
                uploads.create_task(owner.upload(client, file))
        await world.repaired(owner)
        assert len(echo.heard) >= FACTS
        await echo.silent.wait()
    assert len(echo.said) >= COPIES * FACTS
    assert await world.repaired(owner) < 120
    owner.faults = len(echo.said)
    once = await world.owner("k8-once")
    async with once.client() as client, asyncio.TaskGroup() as uploads:
        for file in files[:COMPARED]:
            uploads.create_task(once.upload(client, file))
    assert await world.repaired(once) < 120
    async with stores_of(world.deployment.home / "checker", world.deployment.environment) as stores:
        thrice, single = await stores.every_photo(owner.owner_id), await stores.every_photo(once.owner_id)
        assert {photo.state for photo in thrice} == {PhotoState.READY}
        assert len(thrice) == len(files)
        repeated = {photo.file.sha256: photo for photo in thrice}
        for photo in single:
            twin = repeated[photo.file.sha256]
            assert substance(twin) == substance(photo)
            found = await stores.index.vectors(twin.owner_id, twin.photo_id)
            for space, vector in (await stores.index.vectors(photo.owner_id, photo.photo_id)).items():
                assert float(np.dot(found[space], vector)) > ALIKE


def substance(photo: Photo) -> Photo:
    """A photo field by field, but who has it, when things were done to it, in how many steps and by which jobs."""
    stages = tuple(
        replace(each, request_time=LONG_AGO, end_time=None, job_id="")
        for each in sorted(photo.stages, key=lambda each: each.stage)
    )
    return replace(
        photo, photo_id="", owner_id="", revision=0, upload_time=LONG_AGO, change_time=LONG_AGO, stages=stages
    )
