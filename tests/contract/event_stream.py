"""What every EventStream must do."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tintype.events.ports import (
    LONGEST_DELAY,
    MAX_DELIVERIES,
    BadConsumer,
    Consumer,
    ConsumerSpec,
    CursorExpired,
    DeadLetterNotFound,
    Delivery,
    EventStream,
    Position,
    StoredEvent,
    UnknownConsumer,
)
from tintype.kit.fact import Event, Priority
from tintype.kit.ids import RandomIds

NOON: Final = datetime(2026, 5, 1, 12, 0, 0, 123_000, tzinfo=UTC)
NOW: Final = timedelta(0)
LONG: Final = timedelta(seconds=10)
SHORT: Final = timedelta(milliseconds=300)  # also the time after which nothing more is expected
NAMES: Final = frozenset({"PhotoChanged", "PhotoDeleted"})


def make_event(**overrides: Any) -> Event:
    event = Event(RandomIds().new(), "ann", "PhotoChanged", b"\x00payload", NOON)
    return replace(event, **overrides)


def make_spec(**overrides: Any) -> ConsumerSpec:
    return replace(ConsumerSpec("search", NAMES, ack_wait=LONG), **overrides)


def events_of(deliveries: Sequence[Delivery]) -> list[Event]:
    return [delivery.event for delivery in deliveries]


async def one(consumer: Consumer) -> Delivery:
    (delivery,) = await consumer.fetch(1, LONG)
    return delivery


async def replayed(stream: EventStream, owner_id: str, after: Position, *names: str) -> list[StoredEvent]:
    return [stored async for stored in stream.read(owner_id, after=after, names=names, wait=False)]


class EventStreamSuite(ABC):
    """A subclass connects an adapter to a home; connecting again to one home, after the end, is a restart."""

    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[EventStream]: ...

    async def publish_much_later(self, stream: EventStream, event: Event, home: Path) -> None:
        """Publish again, as after DUPLICATE_WINDOW; a stream that knows it no more by then keeps it twice."""
        await stream.publish([event])

    @pytest.fixture
    async def stream(self, tmp_path: Path) -> AsyncIterator[EventStream]:
        async with self.connect(tmp_path) as opened:
            yield opened

    async def test_a_consumer_gets_what_was_published_as_it_was(self, stream: EventStream) -> None:
        events = [make_event(), make_event(name="PhotoDeleted", priority=Priority.DEFERRED, payload=b"")]
        consumer = await stream.consumer(make_spec())
        await stream.publish(events)
        deliveries = await consumer.fetch(10, LONG)
        assert events_of(deliveries) == events
        assert [delivery.delivered for delivery in deliveries] == [1, 1]
        assert deliveries[0].sequence < deliveries[1].sequence

    async def test_a_new_consumer_begins_at_the_oldest_fact(self, stream: EventStream) -> None:
        await stream.publish([event := make_event()])
        assert events_of(await (await stream.consumer(make_spec())).fetch(10, LONG)) == [event]

    async def test_a_consumer_hears_its_own_facts_and_priorities_only(self, stream: EventStream) -> None:
        names = frozenset({"PhotoRegistered"})
        urgent = await stream.consumer(
            ConsumerSpec("analysis-person", names, frozenset({Priority.PERSON}), ack_wait=LONG)
        )
        backlog = await stream.consumer(
            ConsumerSpec("analysis-backlog", names, frozenset({Priority.BACKLOG}), ack_wait=LONG)
        )
        of_backlog = make_event(name="PhotoRegistered", priority=Priority.BACKLOG)
        of_person = make_event(name="PhotoRegistered")
        await stream.publish([make_event(), of_backlog, of_person])
        assert events_of(await urgent.fetch(10, LONG)) == [of_person]
        assert events_of(await backlog.fetch(10, LONG)) == [of_backlog]
        assert await urgent.fetch(10, NOW) == []

    async def test_each_consumer_hears_everything(self, stream: EventStream) -> None:
        first, second = await stream.consumer(make_spec()), await stream.consumer(make_spec(name="people"))
        await stream.publish([event := make_event()])
        assert events_of(await first.fetch(1, LONG)) == events_of(await second.fetch(1, LONG)) == [event]

    async def test_all_that_open_one_consumer_share_its_facts(self, stream: EventStream) -> None:
        workers = [await stream.consumer(make_spec()) for _ in range(3)]
        await stream.publish(events := [make_event() for _ in range(30)])
        got: list[Event] = []
        while len(got) < len(events):
            for part in await asyncio.gather(*(worker.fetch(4, NOW) for worker in workers)):
                got += events_of(part)
        assert sorted(event.event_id for event in got) == sorted(event.event_id for event in events)

    async def test_a_repeated_event_id_is_not_appended_again(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([event := make_event()])
        await stream.publish([event, other := make_event()])
        assert events_of(await consumer.fetch(10, LONG)) == [event, other]
        assert await consumer.fetch(10, SHORT) == []

    async def test_a_waiting_fetch_is_woken_by_a_publish(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        fetching = asyncio.create_task(consumer.fetch(1, LONG))
        await stream.publish([event := make_event()])
        async with asyncio.timeout(LONG.total_seconds() / 2):
            assert events_of(await fetching) == [event]

    async def test_a_fetch_of_nothing_is_empty(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        assert await consumer.fetch(5, NOW) == []
        assert await consumer.fetch(5, timedelta(milliseconds=20)) == []

    async def test_what_is_acknowledged_does_not_come_again(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(ack_wait=SHORT))
        await stream.publish([make_event()])
        delivery = await one(consumer)
        await delivery.ack()
        await delivery.ack()
        assert await consumer.fetch(1, SHORT * 2) == []

    async def test_what_is_not_answered_comes_again_after_ack_wait(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(ack_wait=SHORT))
        await stream.publish([event := make_event()])
        first = await one(consumer)
        assert await consumer.fetch(1, NOW) == []
        second = await one(consumer)
        assert (second.event, second.sequence, second.delivered) == (event, first.sequence, 2)

    async def test_a_late_ack_of_an_earlier_delivery_is_accepted(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(ack_wait=SHORT))
        await stream.publish([make_event()])
        first = await one(consumer)
        await one(consumer)
        await first.ack()
        assert await consumer.fetch(1, SHORT * 2) == []

    async def test_in_progress_keeps_it_from_coming_again(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(ack_wait=SHORT * 5))
        await stream.publish([make_event()])
        delivery = await one(consumer)
        for _ in range(6):
            await delivery.in_progress()
            assert await consumer.fetch(1, SHORT) == []
        assert (await one(consumer)).delivered == 2

    async def test_a_nak_brings_it_again_after_its_delay(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([event := make_event()])
        await (await one(consumer)).nak(SHORT * 5)
        assert await consumer.fetch(1, SHORT) == []
        again = await one(consumer)
        assert (again.event, again.delivered) == (event, 2)
        await again.nak(NOW)
        assert (await one(consumer)).delivered == 3

    async def test_a_nak_lets_later_facts_pass(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([make_event(), later := make_event()])
        await (await one(consumer)).nak(LONG)
        assert (await one(consumer)).event == later

    async def test_a_long_delay_is_refused(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([make_event()])
        with pytest.raises(ValueError, match="hold up others"):
            await (await one(consumer)).nak(LONGEST_DELAY + timedelta(seconds=1))

    async def test_what_is_terminated_is_a_dead_letter(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(ack_wait=SHORT))
        await stream.publish([event := make_event()])
        delivery = await one(consumer)
        await delivery.terminate("no decoder for it")
        await delivery.terminate("again")
        assert await consumer.fetch(1, SHORT * 2) == []
        (letter,) = await stream.dead_letters.page()
        assert (letter.consumer, letter.event, letter.sequence) == ("search", event, delivery.sequence)
        assert (letter.reason, letter.delivered) == ("no decoder for it", 1)
        assert await stream.pending("search") == 0

    async def test_what_is_delivered_too_often_is_a_dead_letter(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(max_deliver=2))
        await stream.publish([event := make_event()])
        for _ in range(2):
            await (await one(consumer)).nak(NOW)
        assert await consumer.fetch(1, SHORT) == []
        (letter,) = await stream.dead_letters.page(consumer="search")
        assert (letter.event, letter.reason, letter.delivered) == (event, MAX_DELIVERIES, 2)
        assert await stream.pending("search") == 0

    async def test_a_fact_that_is_there_twice_is_given_up_once(self, stream: EventStream, tmp_path: Path) -> None:
        consumer, other = await stream.consumer(make_spec()), await stream.consumer(make_spec(name="people"))
        await stream.publish([event := make_event()])
        await self.publish_much_later(stream, event, tmp_path)
        async with asyncio.timeout(LONG.total_seconds()):
            for each in (consumer, other):
                while await stream.pending(each.spec.name):
                    for delivery in await each.fetch(2, SHORT):
                        await delivery.terminate("poison")
        letters = await stream.dead_letters.page()
        assert sorted(letter.consumer for letter in letters) == ["people", "search"]
        assert [letter.event for letter in letters] == [event, event]

    async def test_dead_letters_are_paged_by_consumer_and_removed(self, stream: EventStream) -> None:
        search, people = await stream.consumer(make_spec()), await stream.consumer(make_spec(name="people"))
        await stream.publish([make_event() for _ in range(3)])
        for consumer in (search, people):
            for delivery in await consumer.fetch(3, LONG):
                await delivery.terminate("poison")
        letters = stream.dead_letters
        assert await letters.count() == 6
        first = await letters.page(limit=2, consumer="search")
        rest = await letters.page(after=first[-1].dead_letter_id, limit=2, consumer="search")
        assert [letter.consumer for letter in (*first, *rest)] == ["search"] * 3
        await letters.remove(first[0].dead_letter_id)
        assert await letters.count() == 5
        with pytest.raises(DeadLetterNotFound):
            await letters.remove(first[0].dead_letter_id)

    async def test_a_replayed_dead_letter_comes_again(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([event := make_event()])
        await (await one(consumer)).terminate("poison")
        (letter,) = await stream.dead_letters.page()
        await stream.dead_letters.replay(letter.dead_letter_id, event_id="f" * 32)
        again = await one(consumer)
        assert (again.event, again.delivered) == (replace(event, event_id="f" * 32), 1)
        assert await stream.dead_letters.count() == 0
        with pytest.raises(DeadLetterNotFound):
            await stream.dead_letters.replay(letter.dead_letter_id, event_id="e" * 32)

    async def test_no_more_are_out_than_allowed(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(max_ack_pending=2))
        await stream.publish([make_event() for _ in range(5)])
        out = list(await consumer.fetch(5, LONG))
        while len(out) < 2:
            out += await consumer.fetch(5, LONG)
        assert len(out) == 2
        assert await consumer.fetch(5, SHORT) == []
        fetching = asyncio.create_task(consumer.fetch(5, LONG))
        await out[0].ack()
        assert len(await fetching) == 1

    async def test_pending_counts_what_waits_and_what_is_out(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([make_event() for _ in range(3)] + [make_event(name="AlbumChanged")])
        assert await stream.in_flight("search") == 0
        delivery = await one(consumer)
        assert (await stream.pending("search"), await stream.in_flight("search")) == (3, 1)
        await delivery.ack()
        assert (await stream.pending("search"), await stream.in_flight("search")) == (2, 0)

    async def test_a_delayed_fact_stays_in_flight(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([make_event()])
        await (await one(consumer)).nak(timedelta(seconds=10))
        assert (await stream.pending("search"), await stream.in_flight("search")) == (1, 1)

    async def test_oldest_unacknowledged_is_that_of_the_oldest_left(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        assert await stream.oldest_unacknowledged("search") is None
        times = [NOON + timedelta(minutes=minute) for minute in range(2)]
        await stream.publish([make_event(time=time) for time in times])
        first = await one(consumer)
        assert await stream.oldest_unacknowledged("search") == times[0]
        await first.ack()
        assert await stream.oldest_unacknowledged("search") == times[1]
        await (await one(consumer)).ack()
        assert await stream.oldest_unacknowledged("search") is None

    async def test_a_consumer_never_made_is_unknown(self, stream: EventStream) -> None:
        with pytest.raises(UnknownConsumer):
            await stream.pending("nobody")
        with pytest.raises(UnknownConsumer):
            await stream.in_flight("nobody")
        with pytest.raises(UnknownConsumer):
            await stream.oldest_unacknowledged("nobody")

    async def test_a_removed_consumer_begins_anew(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec())
        await stream.publish([event := make_event()])
        await (await one(consumer)).ack()
        await stream.remove_consumer("search")
        await stream.remove_consumer("search")
        assert (await one(await stream.consumer(make_spec()))).event == event

    async def test_opening_a_consumer_for_less_takes_nothing_from_those_who_hear_more(
        self, stream: EventStream
    ) -> None:
        newer = await stream.consumer(make_spec())
        older = await stream.consumer(make_spec(names=frozenset({"PhotoChanged"})))
        await stream.publish([event := make_event(name="PhotoDeleted")])
        assert (await one(older)).event == event  # awaited: a consumer hears of it a moment after its publisher does
        assert await stream.pending("search") == 1
        await stream.consumer(make_spec(names=frozenset({"AlbumChanged"}), priorities=frozenset({Priority.BACKLOG})))
        await stream.publish([others := make_event()])
        assert (await one(newer)).event == others

    def test_a_consumer_without_a_name_or_facts_is_refused(self) -> None:
        with pytest.raises(BadConsumer):
            make_spec(name="a b")
        with pytest.raises(BadConsumer):
            make_spec(names=frozenset())

    async def test_a_restart_keeps_everything(self, tmp_path: Path) -> None:
        events = [make_event() for _ in range(4)]
        async with self.connect(tmp_path) as stream:
            consumer = await stream.consumer(make_spec(ack_wait=SHORT))
            await stream.publish(events)
            done, _unanswered, given_up = await consumer.fetch(3, LONG)
            await done.ack()
            await given_up.terminate("poison")
            before = await stream.state()
        async with self.connect(tmp_path) as stream:
            assert await stream.state() == before
            assert await stream.pending("search") == 2
            assert await stream.dead_letters.count() == 1
            await stream.publish([events[0]])
            consumer = await stream.consumer(make_spec(ack_wait=SHORT))
            left: dict[str, int] = {}
            while len(left) < 2:
                for delivery in await consumer.fetch(4, LONG):
                    left[delivery.event.event_id] = delivery.delivered
                    await delivery.ack()
            assert left == {events[1].event_id: 2, events[3].event_id: 1}
            assert await consumer.fetch(1, SHORT) == []

    async def test_one_owners_facts_are_replayed_in_order(self, stream: EventStream) -> None:
        begin = (await stream.state()).end
        events = [make_event(owner_id=owner_id) for owner_id in ("ann", "bob", "ann", "ann", "bob")]
        await stream.publish(events)
        found = await replayed(stream, "ann", begin)
        assert [stored.event for stored in found] == [events[0], events[2], events[3]]
        sequences = [stored.position.sequence for stored in found]
        assert sequences == sorted(sequences)
        rest = await replayed(stream, "ann", found[0].position)
        assert rest == found[1:]
        assert await replayed(stream, "eve", begin) == []

    async def test_a_replay_can_be_restricted_to_some_facts(self, stream: EventStream) -> None:
        begin = (await stream.state()).end
        await stream.publish([make_event(), album := make_event(name="AlbumChanged")])
        assert [stored.event for stored in await replayed(stream, "ann", begin, "AlbumChanged")] == [album]

    async def test_a_reader_gets_new_facts_as_they_come(self, stream: EventStream) -> None:
        await stream.publish([first := make_event()])
        begin = Position((await stream.state()).epoch, (await stream.state()).first_sequence - 1)
        async with asyncio.timeout(5), aclosing(stream.read("ann", after=begin)) as reading:
            assert (await anext(reading)).event == first
            following = asyncio.ensure_future(anext(reading))
            await stream.publish([make_event(owner_id="bob"), second := make_event()])
            assert (await following).event == second

    async def test_a_cursor_of_another_epoch_or_from_beyond_has_expired(self, stream: EventStream) -> None:
        await stream.publish([make_event()])
        end = (await stream.state()).end
        for wrong in (replace(end, epoch="another"), replace(end, sequence=end.sequence + 1)):
            with pytest.raises(CursorExpired):
                await replayed(stream, "ann", wrong)

    async def test_another_home_is_another_epoch(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path / "one") as one, self.connect(tmp_path / "two") as two:
            assert (await one.state()).epoch != (await two.state()).epoch

    async def test_the_state_of_an_empty_stream_allows_to_begin(self, stream: EventStream) -> None:
        state = await stream.state()
        assert state.first_sequence == state.last_sequence + 1
        assert await replayed(stream, "ann", state.end) == []

    async def test_purging_an_owner_leaves_the_others(self, stream: EventStream) -> None:
        consumer = await stream.consumer(make_spec(ack_wait=SHORT))
        events = [make_event(owner_id=owner_id) for owner_id in ("ann", "bob", "ann")]
        begin = (await stream.state()).end
        await stream.publish(events)
        await (await one(consumer)).terminate("poison")
        assert await stream.count_owner("ann") == 3
        assert await stream.purge_owner("ann") == 3
        assert await stream.count_owner("ann") == 0
        assert await stream.dead_letters.count() == 0
        assert await replayed(stream, "ann", begin) == []
        assert [stored.event for stored in await replayed(stream, "bob", begin)] == [events[1]]
        delivery = await one(consumer)
        assert delivery.event == events[1]
        await delivery.ack()
        assert await consumer.fetch(1, SHORT * 2) == []
        assert await stream.pending("search") == 0
