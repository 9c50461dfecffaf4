"""A job of which a stage has failed ends as one dead letter, whatever went wrong between the failure and the letter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.clocks import NOON
from tests.timers import settled
from tests.unit.analysis.conftest import OWNER, PHOTO, REGISTERED, Bench
from tests.unit.events.stream import ByHand

from tintype.analysis.consumer import AnalysisConsumer
from tintype.analysis.domain import REQUIRED
from tintype.analysis.ports import CatalogUnavailable
from tintype.analysis.service.analyse import StageFailed
from tintype.events.connect import open_sqlite
from tintype.events.consumer import ConsumerLoop
from tintype.events.hearing import hearing
from tintype.events.ports import Consumer, ConsumerSpec, DeadLetter, EventStream
from tintype.kit.fact import Event
from tintype.kit.urls import Url
from tintype.v1 import events_pb2

FACT = events_pb2.PhotoRegistered(photo_id=PHOTO, owner_id=OWNER)
EVENT = Event(REGISTERED.job_id, OWNER, "PhotoRegistered", FACT.SerializeToString(), NOON)
SPEC = ConsumerSpec("worker", frozenset({EVENT.name}), ack_wait=timedelta(seconds=1), max_deliver=3)


@pytest.fixture
async def stream(tmp_path: Path) -> AsyncIterator[EventStream]:
    async with open_sqlite(Url(f"sqlite://{tmp_path}/events.db")) as opened:
        yield opened


@asynccontextmanager
async def working(
    bench: Bench, consumer: Consumer, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[None]:
    """A worker that hears of new photos."""
    handle = AnalysisConsumer(bench.analysis).photo_registered
    task = asyncio.create_task(
        ConsumerLoop([consumer], [hearing(events_pb2.PhotoRegistered, handle)], sleep=sleep).run()
    )
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def buried(stream: EventStream) -> list[DeadLetter]:
    """The dead letters, once nothing is left to do."""
    async with asyncio.timeout(30):
        while await stream.pending(SPEC.name):  # each question is answered in another thread, so others go on
            pass
    return list(await stream.dead_letters.page())


async def soon(seconds: float) -> None:
    await asyncio.sleep(seconds / 100)


async def test_a_failure_whose_answer_was_lost_is_one_dead_letter(bench: Bench, stream: EventStream) -> None:
    await bench.spoil()
    bench.catalog.unanswered = 1
    consumer = await stream.consumer(SPEC)
    await stream.publish([EVENT])
    async with working(bench, consumer, sleep=soon):
        (letter,) = await buried(stream)
    assert letter.event == EVENT
    assert bench.catalog.calls == [REQUIRED]
    assert bench.catalog.unanswered == 0


async def test_a_failure_recorded_by_a_worker_that_died_is_one_dead_letter(bench: Bench, stream: EventStream) -> None:
    await bench.spoil()
    consumer = await stream.consumer(SPEC)
    await stream.publish([EVENT])
    await consumer.fetch(1, timedelta(seconds=5))
    with pytest.raises(StageFailed):
        await bench.analysis.analyse(REGISTERED)
    async with working(bench, consumer):
        (letter,) = await buried(stream)
    assert (letter.event, letter.delivered) == (EVENT, 2)


async def test_a_failed_job_of_which_the_stream_forgot_that_it_was_out_is_given_up(bench: Bench) -> None:
    """A server that is killed may have forgotten its last deliveries: they come as if for the first time."""
    await bench.spoil()
    consumer = ByHand()
    (first,) = consumer.hand_out(FACT)
    async with working(bench, consumer):
        await answered(first.answers)
        (again,) = consumer.hand_out(FACT)
        await answered(again.answers)
    assert first.answers == again.answers == ["terminate FAILED_PRECONDITION"]
    assert bench.catalog.calls == [REQUIRED]


async def answered(answers: list[str]) -> None:
    async with asyncio.timeout(30):
        while not answers:
            await settled()


async def test_a_failure_whose_answer_was_lost_is_told_when_the_job_is_tried_again(bench: Bench) -> None:
    await bench.spoil()
    bench.catalog.unanswered = 1
    with pytest.raises(CatalogUnavailable):
        await bench.analysis.analyse(REGISTERED)
    with pytest.raises(StageFailed):
        await bench.analysis.analyse(REGISTERED)


async def test_a_job_given_up_fails_what_it_still_waits_for(bench: Bench) -> None:
    with pytest.raises(StageFailed):
        await bench.analysis.give_up(REGISTERED, "the worker died of it")
    failures = [result.failure for result in bench.catalog.recorded]
    assert {result.stage for result in bench.catalog.recorded} == REQUIRED
    assert all(failure is not None and failure.final for failure in failures)


async def test_a_failed_job_that_is_given_up_once_more_stays_given_up(bench: Bench) -> None:
    for _ in range(2):
        with pytest.raises(StageFailed):
            await bench.analysis.give_up(REGISTERED, "the worker died of it")
    assert bench.catalog.calls == [REQUIRED]


async def test_a_job_that_was_done_or_has_no_photo_any_more_is_not_given_up(bench: Bench) -> None:
    await bench.analysis.analyse(REGISTERED)
    done = len(bench.catalog.recorded)
    await bench.analysis.give_up(REGISTERED, "the worker died of it")
    bench.catalog.gone = True
    await bench.analysis.give_up(REGISTERED, "the worker died of it")
    assert len(bench.catalog.recorded) == done


async def test_a_fact_that_a_person_replays_is_a_dead_letter_again_while_the_photo_is_failed(
    bench: Bench, stream: EventStream
) -> None:
    await bench.spoil()
    consumer = await stream.consumer(SPEC)
    await stream.publish([EVENT])
    async with working(bench, consumer):
        (letter,) = await buried(stream)
        await stream.dead_letters.replay(letter.dead_letter_id, event_id="job-2")
        (again,) = await buried(stream)
    assert again.event is not None
    assert again.event.event_id == "job-2"
