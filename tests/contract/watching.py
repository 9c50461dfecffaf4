"""What a watch and the analysis queue must see of any stream."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from google.protobuf.message import Message
from tests.builders import OTHER, OWNER
from tests.clocks import NOON

from tintype.catalog.adapters.stream_cursor import StreamCursors
from tintype.catalog.adapters.stream_queue import POOL, StreamAnalysisQueue
from tintype.catalog.convert.library_event import library_event_of
from tintype.catalog.domain.fact import Priority
from tintype.catalog.domain.library_event import EventKind
from tintype.catalog.ports.cursor import CursorInvalid
from tintype.catalog.service.watching import Watched, Watching
from tintype.events.hear import consumer_name
from tintype.events.ports import ConsumerSpec, CursorExpired, EventStream
from tintype.kit import fact as kit_fact
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.signing import Signer
from tintype.v1 import events_pb2

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def fact(message: Message, *, owner_id: str = OWNER) -> Event:
    name = message.DESCRIPTOR.name
    return Event(RandomIds().new(), owner_id, name, message.SerializeToString(), NOON)


def registered(photo_id: str, *, owner_id: str = OWNER) -> Event:
    return fact(events_pb2.PhotoRegistered(photo_id=photo_id, owner_id=owner_id, revision=1), owner_id=owner_id)


@dataclass
class Feed:
    stream: EventStream
    cursors: StreamCursors
    watching: Watching

    async def seen(self, count: int, *, cursor: str = "", kinds: tuple[EventKind, ...] = ()) -> list[Watched]:
        """The first messages of a watch."""
        seen: list[Watched] = []
        async with aclosing(self.watching.watch(OWNER, cursor=cursor, kinds=kinds)) as watch, asyncio.timeout(10):
            async for each in watch:
                seen.append(each)
                if len(seen) == count:
                    break
        return seen


class WatchingSuite(ABC):
    """A subclass opens a stream; `quiet` is longer than that stream takes to find a fact."""

    quiet: ClassVar[timedelta] = timedelta(milliseconds=20)

    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[EventStream]: ...

    @pytest.fixture
    async def feed(self, tmp_path: Path) -> AsyncIterator[Feed]:
        async with self.connect(tmp_path) as stream:
            cursors = StreamCursors(stream, Signer("secret", "cursor"))
            yield Feed(stream, cursors, Watching(stream, cursors, read_event=library_event_of, keep_alive=self.quiet))

    async def test_a_watch_goes_on_after_any_cursor_and_sees_the_own_library_only(self, feed: Feed) -> None:
        begin = await feed.cursors.now(OWNER)
        await feed.stream.publish([registered("a"), registered("x", owner_id=OTHER), registered("b"), registered("c")])
        seen = await feed.seen(4, cursor=begin)
        assert seen[0].event is None
        assert [each.event.photo_id for each in seen[1:] if each.event] == ["a", "b", "c"]
        again = await feed.seen(3, cursor=seen[1].cursor)
        assert [each.event.photo_id for each in again if each.event] == ["b", "c"]
        assert again[1] == seen[2]

    async def test_without_a_cursor_it_begins_now(self, feed: Feed) -> None:
        await feed.stream.publish([registered("before")])
        async with aclosing(feed.watching.watch(OWNER, cursor="", kinds=())) as watch, asyncio.timeout(10):
            begin = await anext(watch)
            await feed.stream.publish([registered("after")])
            while (following := await anext(watch)).event is None:
                assert following.cursor == begin.cursor
        assert following.event.photo_id == "after"

    async def test_silence_is_kept_alive_with_a_cursor_to_go_on_from(self, feed: Feed) -> None:
        seen = await feed.seen(3)
        assert [each.event for each in seen] == [None, None, None]
        await feed.stream.publish([registered("a")])
        assert [each.event.photo_id for each in await feed.seen(2, cursor=seen[-1].cursor) if each.event] == ["a"]

    async def test_only_chosen_kinds_come(self, feed: Feed) -> None:
        begin = await feed.cursors.now(OWNER)
        gone = events_pb2.AlbumChanged(album_id="gone", owner_id=OWNER, revision=2, deleted=True)
        kept = events_pb2.AlbumChanged(album_id="kept", owner_id=OWNER, revision=2)
        await feed.stream.publish([registered("a"), fact(kept), fact(gone)])
        seen = await feed.seen(2, cursor=begin, kinds=(EventKind.ALBUM_DELETED,))
        assert [each.event.album_id for each in seen if each.event] == ["gone"]

    @pytest.mark.parametrize("cursor", ["x", "AAAA", "not base64!"])
    async def test_a_damaged_cursor_is_refused(self, feed: Feed, cursor: str) -> None:
        with pytest.raises(CursorInvalid):
            await feed.seen(1, cursor=cursor)

    async def test_the_cursor_of_somebody_else_is_refused(self, feed: Feed) -> None:
        with pytest.raises(CursorInvalid):
            await feed.seen(1, cursor=await feed.cursors.now(OTHER))
        forged = StreamCursors(feed.stream, Signer("another secret", "cursor"))
        with pytest.raises(CursorInvalid):
            await feed.seen(1, cursor=await forged.now(OWNER))

    async def test_a_cursor_of_another_stream_has_expired(self, feed: Feed) -> None:
        with pytest.raises(CursorExpired):
            await feed.seen(1, cursor=feed.cursors.at(OWNER, epoch="another", sequence=0))
        state = await feed.stream.state()
        with pytest.raises(CursorExpired):
            await feed.seen(1, cursor=feed.cursors.at(OWNER, epoch=state.epoch, sequence=state.last_sequence + 1))

    async def test_the_queue_knows_its_oldest_job_by_priority(self, feed: Feed) -> None:
        queue = StreamAnalysisQueue(feed.stream)
        assert await queue.oldest_waiting(Priority.BACKLOG) == LONG_AGO
        for priority in kit_fact.Priority:
            spec = ConsumerSpec(consumer_name(POOL, priority), frozenset({"PhotoRegistered"}), frozenset({priority}))
            await feed.stream.consumer(spec)
        assert await queue.oldest_waiting(Priority.BACKLOG) is None
        await feed.stream.publish([replace(registered("a"), priority=kit_fact.Priority.BACKLOG)])
        assert await queue.oldest_waiting(Priority.BACKLOG) == NOON
        assert await queue.oldest_waiting(Priority.PERSON) is None
