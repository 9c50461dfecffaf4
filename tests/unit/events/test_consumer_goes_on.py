"""The consumer loop goes on, whatever one fact, one handler or one probe does."""

from __future__ import annotations

import asyncio

import pytest
from tests.timers import Timers, settled
from tests.unit.events.stream import ByHand, Worker, fact, loop_of, running

from tintype.events.consumer import Limits
from tintype.kit.errors import Unavailable
from tintype.kit.store.errors import NewerSchema
from tintype.v1 import events_pb2


@pytest.fixture
def timers() -> Timers:
    return Timers()


async def test_what_nobody_hears_here_is_left_to_a_newer_process_until_nobody_took_it(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (unheard,) = consumer.hand_out(events_pb2.AlbumChanged(album_id="a"))
        (last,) = consumer.hand_out(events_pb2.AlbumChanged(album_id="a"), delivered=5)
        (heard,) = consumer.hand_out(fact())
        await settled()
        assert unheard.answers == ["nak 15"]
        assert last.answers == ["terminate nobody hears it"]
        assert heard.answers == ["ack"]


async def test_what_a_newer_version_wrote_is_left_to_it_and_holds_up_nobody(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    worker.error = NewerSchema("photo p", found=2, known=1)
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (newer,) = consumer.hand_out(fact())
        (last,) = consumer.hand_out(fact(), delivered=5)
        await settled()
        assert newer.answers == ["nak 15"]
        assert last.answers == ["terminate FAILED_PRECONDITION"]
        worker.error = None
        (later,) = consumer.hand_out(fact())
        await settled()
        assert later.answers == ["ack"]


async def test_a_handler_that_cancels_itself_has_failed_and_keeps_no_place(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    worker.error = asyncio.CancelledError()
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, limits=Limits(concurrency=1))):
        (cancelled,) = consumer.hand_out(fact())
        await settled()
        assert cancelled.answers == ["nak 1"]
        worker.error = None
        (later,) = consumer.hand_out(fact())
        await settled()
        assert later.answers == ["ack"]


async def test_a_probe_that_cancels_itself_is_asked_again(timers: Timers) -> None:
    consumer, worker, asked = ByHand(), Worker(), 0

    async def probe() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise asyncio.CancelledError

    worker.error = Unavailable("index away")
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, probe=probe)):
        (held,) = consumer.hand_out(fact())
        await timers.advance(2)
        worker.error = None
        await timers.advance(2)
        assert (asked, held.answers) == (2, ["ack"])


async def test_a_fetch_that_cancels_itself_is_asked_again(timers: Timers) -> None:
    person, backlog, worker = ByHand("person"), ByHand("backlog"), Worker()
    for consumers in ([person], [person, backlog]):
        person.broken = True
        async with running(loop_of(*consumers, handle=worker.handle, timers=timers)) as task:
            await timers.advance(1)
            assert not task.done()
            person.broken = False
            (delivery,) = person.hand_out(fact())
            await timers.advance(1)
            assert delivery.answers == ["ack"]
