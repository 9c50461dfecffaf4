"""The stream on JetStream."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import nats
import pytest
from tests.contract.event_stream import LONG, NAMES, SHORT, EventStreamSuite, make_event, make_spec, one, replayed
from tests.jetstream import remove_streams, removed_at_the_end, shorten_duplicate_window
from tests.servers import SMALL_STREAM, Servers, own_namespace

from tintype.events.connect import open_jetstream
from tintype.events.jetstream_names import Names
from tintype.events.ports import CursorExpired, DeadLetterNotFound, EventStream, StreamFull
from tintype.kit.fact import Event
from tintype.kit.urls import InvalidUrl, Url

pytestmark = pytest.mark.servers

MEBIBYTE = 2**20


class TestJetStreamEventStream(EventStreamSuite):
    @pytest.fixture(autouse=True)
    async def on_servers(self, servers: Servers) -> AsyncIterator[None]:
        self.servers = servers
        self.prefix = own_namespace()
        self.used: set[str] = set()
        yield
        for url in self.used:
            await remove_streams(url)

    def connect(self, home: Path) -> AbstractAsyncContextManager[EventStream]:
        return open_jetstream(Url(self._url(home)))

    async def publish_much_later(self, stream: EventStream, event: Event, home: Path) -> None:
        """The server has to forget within the patience of a test."""
        before = (await stream.state()).last_sequence
        await shorten_duplicate_window(self._url(home))
        async with asyncio.timeout(LONG.total_seconds()):
            while (await stream.state()).last_sequence == before:
                await asyncio.sleep(SHORT.total_seconds())
                await stream.publish([event])

    def _url(self, home: Path) -> str:
        name = hashlib.sha256(str(home).encode()).hexdigest()[:8]
        url = self.servers.url("events", f"{self.prefix}-{name}")
        self.used.add(url)
        return url


@pytest.fixture
async def url(servers: Servers, namespace: str) -> AsyncIterator[str]:
    async with removed_at_the_end(servers.url("events", namespace)) as own:
        yield own


@pytest.fixture
async def stream(url: str) -> AsyncIterator[EventStream]:
    async with open_jetstream(Url(url)) as opened:
        yield opened


async def test_any_text_may_be_an_owner(stream: EventStream) -> None:
    begin = (await stream.state()).end
    owners = ["ann", "ann.b", "*", ">", "a b", "Zoë", "%", ""]
    events = [make_event(owner_id=owner_id) for owner_id in owners]
    await stream.publish(events)
    for owner_id, event in zip(owners, events, strict=True):
        assert [stored.event for stored in await replayed(stream, owner_id, begin)] == [event]
    assert await stream.purge_owner("*") == 1
    assert (await stream.state()).last_sequence == begin.sequence + len(owners)
    assert await stream.count_owner("ann") == 1


async def test_what_is_no_fact_is_given_up_and_holds_up_nobody(stream: EventStream, url: str) -> None:
    begin = (await stream.state()).end
    client, namespace = await nats.connect(url.rpartition("/")[0]), Url(url).path.strip("/")
    subject = f"{namespace}.v1.ann.PhotoChanged.person"
    await client.jetstream().publish(subject, b"", headers={"Tintype-Time": "yesterday", "Nats-Msg-Id": "odd"})
    await client.close()
    await stream.publish([fact := make_event()])
    consumer = await stream.consumer(make_spec())
    assert await stream.oldest_unacknowledged("search") is not None
    delivery = await one(consumer)
    assert delivery.event == fact
    await delivery.ack()
    assert await stream.pending("search") == 0
    (letter,) = await stream.dead_letters.page()
    assert (letter.consumer, letter.reason, letter.event) == ("search", "it is no fact", None)
    assert [stored.event for stored in await replayed(stream, "ann", begin)] == [fact]
    assert await stream.purge_owner("ann") == 3


async def test_a_full_stream_refuses_facts_and_keeps_all_it_has(servers: Servers, namespace: str) -> None:
    async with (
        removed_at_the_end(servers.url("events", namespace)) as url,
        open_jetstream(Url(url.replace(SMALL_STREAM, f"max_bytes={MEBIBYTE}"))) as stream,
    ):
        await stream.publish([first := make_event(payload=bytes(1000))])
        with pytest.raises(StreamFull):
            await stream.publish([make_event(payload=bytes(1000)) for _ in range(1100)])
        begin = (await stream.state()).first_sequence
        assert begin == 1
        assert (await one(await stream.consumer(make_spec()))).event == first


async def test_a_watch_of_a_stream_that_was_made_anew_ends(stream: EventStream, url: str) -> None:
    await stream.publish([make_event(), make_event()])
    position = (await stream.state()).end
    reading = asyncio.ensure_future(anext(stream.read("ann", after=position)))
    await asyncio.sleep(0)
    await remove_streams(url)
    async with asyncio.timeout(10):
        with pytest.raises(CursorExpired):
            await reading


async def test_a_consumer_is_made_again_with_its_stream(stream: EventStream, url: str) -> None:
    consumer = await stream.consumer(make_spec())
    await stream.publish([make_event()])
    await (await one(consumer)).ack()
    fetching = asyncio.ensure_future(consumer.fetch(1, LONG))
    await asyncio.sleep(0)
    await remove_streams(url)
    await stream.publish([event := make_event()])
    async with asyncio.timeout(10):
        while not (found := await fetching):
            fetching = asyncio.ensure_future(consumer.fetch(1, LONG))
    assert found[0].event == event


async def test_a_cancelled_fetch_gives_back_what_it_had_taken(stream: EventStream) -> None:
    consumer = await stream.consumer(make_spec())
    fetching = asyncio.ensure_future(consumer.fetch(1, LONG))
    await asyncio.sleep(0)
    publishing = asyncio.ensure_future(stream.publish([event := make_event()]))
    await asyncio.sleep(0)
    fetching.cancel()
    await asyncio.gather(fetching, return_exceptions=True)
    await publishing
    async with asyncio.timeout(LONG.total_seconds() / 2):  # long before ack_wait
        assert (await one(consumer)).event == event


async def test_a_changed_consumer_keeps_its_place(stream: EventStream) -> None:
    await stream.publish([make_event() for _ in range(3)])
    consumer = await stream.consumer(make_spec())
    await (await one(consumer)).ack()
    patient = make_spec(ack_wait=timedelta(seconds=20), max_ack_pending=7, max_deliver=9)
    changed = await stream.consumer(patient)
    assert changed.spec == patient
    assert await stream.pending("search") == 2
    wider = await stream.consumer(make_spec(names=NAMES | {"AlbumChanged"}))
    await stream.publish([album := make_event(name="AlbumChanged")])
    assert [delivery.event for delivery in await wider.fetch(3, LONG)][-1] == album


async def test_the_streams_are_as_the_design_asks(stream: EventStream, servers: Servers, namespace: str) -> None:
    await stream.consumer(make_spec())
    async with await nats.connect(servers.events) as client:
        facts = (await client.jetstream().stream_info(namespace)).config
        consumer = (await client.jetstream().consumer_info(namespace, "search")).config
    assert (facts.max_age, facts.duplicate_window, facts.max_bytes) == (30 * 86400, 600, 64 * MEBIBYTE)
    assert (facts.discard, facts.storage) == ("new", "file")
    assert (consumer.ack_policy, consumer.max_deliver, consumer.ack_wait, consumer.backoff) == (
        "explicit",
        50,
        10,
        None,
    )


@pytest.mark.parametrize("query", ["max_bytes=many", "max_bytes=1", "replicas=2"])
async def test_an_option_that_cannot_be_is_refused(query: str) -> None:
    with pytest.raises(InvalidUrl, match="TINTYPE_EVENTS_URL"):
        async with open_jetstream(Url(f"nats://127.0.0.1:1/tintype?{query}")):
            pass


@pytest.mark.parametrize("path", ["/a.b", "/a/b", "/*"])
async def test_a_namespace_that_cannot_be_is_refused(path: str) -> None:
    with pytest.raises(InvalidUrl, match="namespace"):
        async with open_jetstream(Url(f"nats://127.0.0.1:1{path}")):
            pass


async def test_a_letter_of_a_stream_that_was_lost_is_about_no_fact_of_the_next(stream: EventStream, url: str) -> None:
    consumer = await stream.consumer(make_spec())
    await stream.publish([make_event()])
    await (await one(consumer)).terminate("poison")
    async with await nats.connect(url.rpartition("/")[0]) as client:
        await client.jetstream().delete_stream(Names(Url(url).path.strip("/")).facts)
    await stream.publish([make_event()])
    (letter,) = await stream.dead_letters.page()
    assert (letter.sequence, letter.event) == (1, None)
    with pytest.raises(DeadLetterNotFound):
        await stream.dead_letters.replay(letter.dead_letter_id, event_id="f" * 32)


async def test_a_letter_as_it_was_written_before_is_read(stream: EventStream, url: str) -> None:
    await stream.publish([event := make_event()])
    names = Names(Url(url).path.strip("/"))
    async with await nats.connect(url.rpartition("/")[0]) as client:
        subject = names.letters_of_owner("ann").replace(">", f"search.1-{event.event_id}")
        await client.jetstream().publish(subject, b"", headers={"Tintype-Reason": "poison"})
    (letter,) = await stream.dead_letters.page(consumer="search")
    assert (letter.consumer, letter.sequence, letter.reason, letter.event) == ("search", 1, "poison", event)
