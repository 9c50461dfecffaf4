"""The consumer loop: answers, waiting for dependencies, heartbeats, order of priorities, drain."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.timers import Timers, settled
from tests.unit.events.stream import ByHand, Photo, Worker, fact, loop_of, running

from tintype.events.consumer import Blocked, Limits
from tintype.kit.errors import Conflict, InvalidInput, Unavailable


@pytest.fixture
def timers() -> Timers:
    return Timers()


async def test_a_handler_that_returns_is_acked(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (delivery,) = consumer.hand_out(fact("p1", revision=7))
        await settled()
        assert delivery.answers == ["ack"]
        (heard,) = worker.heard
        assert (heard.message.photo_id, heard.message.revision) == ("p1", 7)
        assert (heard.event_id, heard.owner_id, heard.delivered) == (delivery.event.event_id, "ann", 1)


@pytest.mark.parametrize(("delivered", "delay"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (40, 8)])
@pytest.mark.parametrize("error", [Conflict("lost a race"), ZeroDivisionError()])
async def test_a_retry_comes_again_later_and_later(
    timers: Timers, error: Exception, delivered: int, delay: int
) -> None:
    consumer, worker = ByHand(), Worker()
    worker.error = error
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (delivery,) = consumer.hand_out(fact(), delivered=delivered)
        await settled()
        assert delivery.answers == [f"nak {delay}"]


async def test_what_cannot_get_better_is_given_up_with_its_reason(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    worker.error = InvalidInput("no such decoder")
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (delivery,) = consumer.hand_out(fact())
        await settled()
        assert delivery.answers == ["terminate INVALID_ARGUMENT"]


async def test_the_last_delivery_is_marked(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        consumer.hand_out(fact(), delivered=4)
        consumer.hand_out(fact(), delivered=5)
        await settled()
        assert [heard.last for heard in worker.heard] == [False, True]


async def test_what_nobody_can_read_is_given_up(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (damaged,) = consumer.hand_out(fact())
        damaged.event = type(damaged.event)("e", "ann", "PhotoChanged", b"\xff\xff", damaged.event.time)
        await settled()
        assert damaged.answers == ["terminate INVALID_ARGUMENT"]
        assert worker.heard == []


async def test_no_more_run_at_once_than_allowed_and_none_are_fetched_for_nothing(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker(held=True)
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, limits=Limits(concurrency=3))):
        deliveries = consumer.hand_out(*(fact(f"p{number}") for number in range(10)))
        await settled()
        assert (worker.running, len(consumer.ready)) == (3, 7)
        worker.done.set()
        await settled()
        assert worker.most == 3
        assert all(delivery.answers == ["ack"] for delivery in deliveries)


async def test_an_outage_stops_fetching_and_costs_no_attempt(timers: Timers) -> None:
    consumer, worker, away = ByHand(), Worker(), True

    async def probe() -> None:
        if away:
            raise Unavailable("still away")

    worker.error = Unavailable("index away")
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, probe=probe)):
        (held,) = consumer.hand_out(fact("held"))
        await settled()
        fetches = consumer.fetches
        (later,) = consumer.hand_out(fact("later"))
        for _ in range(30):
            await timers.advance(10)
        assert worker.photos == ["held"]
        assert held.answers == later.answers == []
        assert held.heartbeats >= 29
        assert consumer.fetches <= fetches + 1
        away, worker.error = False, None
        await timers.advance(2)
        assert held.answers == later.answers == ["ack"]
        assert all(heard.delivered == 1 for heard in worker.heard)


async def test_a_loop_says_what_it_waits_for_until_it_can_work_again(timers: Timers) -> None:
    consumer, worker, blocked = ByHand(), Worker(), Blocked()
    worker.error = Unavailable("the catalog does not answer", dependency="catalog")
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, blocked=blocked)):
        assert blocked.by == ""
        consumer.hand_out(fact())
        for _ in range(3):
            await timers.advance(2)
            assert blocked.by == "catalog"
        worker.error = None
        await timers.advance(2)
        assert blocked.by == ""


async def test_a_dependency_that_goes_away_again_is_waited_for_again(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    worker.error = Unavailable("index away")
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (held,) = consumer.hand_out(fact())
        await settled()
        for tries in (2, 3):
            await timers.advance(2)
            assert len(worker.heard) == tries
        worker.error = None
        await timers.advance(2)
        assert held.answers == ["ack"]


async def test_everything_held_is_kept_alive(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker(held=True)
    limits = Limits(concurrency=1, ahead=2)
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, limits=limits)):
        deliveries = consumer.hand_out(*(fact(f"p{number}") for number in range(3)))
        await timers.advance(10)
        await timers.advance(10)
        assert [delivery.heartbeats for delivery in deliveries] == [2, 2, 2]
        worker.done.set()


async def test_a_frozen_process_drops_what_others_have_by_now(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker(held=True)
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        (delivery,) = consumer.hand_out(fact())
        await timers.advance(31)
        assert (worker.running, delivery.answers) == (0, [])
        worker.done.set()
        (fresh,) = consumer.hand_out(fact("fresh"))
        await settled()
        assert fresh.answers == ["ack"]


async def test_waiting_facts_of_one_key_are_done_once_with_the_newest(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker(held=True)
    loop = loop_of(
        consumer,
        handle=worker.handle,
        timers=timers,
        limits=Limits(concurrency=2, ahead=8),
        coalesce=lambda message: message.photo_id if isinstance(message, Photo) else "",
    )
    async with running(loop):
        deliveries = consumer.hand_out(fact("p", revision=1))
        await settled()
        deliveries += consumer.hand_out(*(fact("p", revision=revision) for revision in (2, 3, 4)))
        await settled()
        assert [heard.message.revision for heard in worker.heard] == [1]  # of one key only one runs
        worker.done.set()
        await settled()
        assert [heard.message.revision for heard in worker.heard] == [1, 4]
        assert all(delivery.answers == ["ack"] for delivery in deliveries)


async def test_a_stream_that_does_not_answer_is_asked_again(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker()
    consumer.away = True
    async with running(loop_of(consumer, handle=worker.handle, timers=timers)):
        await timers.advance(1)
        assert consumer.fetches == 2
        consumer.away = False
        (delivery,) = consumer.hand_out(fact())
        await timers.advance(1)
        assert delivery.answers == ["ack"]


async def test_lower_priorities_are_done_only_when_the_higher_are_empty(timers: Timers) -> None:
    person, backlog, worker = ByHand("person"), ByHand("backlog"), Worker(held=True)
    backlog.hand_out(*(fact(f"backlog{number}") for number in range(4)))
    person.hand_out(*(fact(f"person{number}") for number in range(4)))
    limits = Limits(concurrency=2)
    async with running(loop_of(person, backlog, handle=worker.handle, timers=timers, limits=limits)):
        assert worker.photos == ["person0", "person1"]
        worker.done.set()
        await settled()
        assert worker.photos[:4] == [f"person{number}" for number in range(4)]
        assert sorted(worker.photos[4:]) == [f"backlog{number}" for number in range(4)]


async def test_a_fact_of_any_priority_wakes_an_idle_pool(timers: Timers) -> None:
    person, backlog, worker = ByHand("person"), ByHand("backlog"), Worker()
    async with running(loop_of(person, backlog, handle=worker.handle, timers=timers)):
        (first,) = backlog.hand_out(fact("b"))
        await settled()
        (second,) = person.hand_out(fact("p"))
        await settled()
        assert first.answers == second.answers == ["ack"]


async def test_at_the_end_what_runs_is_finished_and_what_waits_is_handed_back(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker(held=True)
    limits = Limits(concurrency=1, ahead=1)
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, limits=limits)) as task:
        first, second = consumer.hand_out(fact("first"), fact("second"))
        await settled()
        task.cancel()
        await settled()
        assert not task.done()
        worker.done.set()
        await asyncio.wait([task])
        assert (first.answers, second.answers) == (["ack"], ["nak 0"])
        assert worker.photos == ["first"]


async def test_what_does_not_end_within_the_grace_is_cancelled_and_handed_back(timers: Timers) -> None:
    consumer, worker = ByHand(), Worker(held=True)
    limits = Limits(grace=timedelta(0))
    async with running(loop_of(consumer, handle=worker.handle, timers=timers, limits=limits)) as task:
        (delivery,) = consumer.hand_out(fact())
        await settled()
        task.cancel()
        await asyncio.wait([task])
        assert (worker.running, delivery.answers) == (0, ["nak 0"])
