"""Owners watch their libraries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from google.protobuf.message import Message
from tests.builders import OTHER, OWNER
from tests.clocks import NOON

from tintype.catalog.adapters.stream_cursor import StreamCursors
from tintype.catalog.convert.album import album_fact_to_event
from tintype.catalog.convert.enums import EVENT_KINDS
from tintype.catalog.convert.fact import fact_to_event
from tintype.catalog.convert.library_event import kinds_of, library_event_of, library_event_to_proto
from tintype.catalog.domain.album import AlbumChanged
from tintype.catalog.domain.fact import (
    Group,
    PhotoChanged,
    PhotoDeleted,
    PhotoReady,
    PhotoRegistered,
)
from tintype.catalog.domain.library_event import EventKind
from tintype.catalog.domain.stage import PhotoState
from tintype.catalog.ports.cursor import CursorInvalid
from tintype.catalog.service.watching import Watched, Watching
from tintype.events.ports import CursorExpired, EventStream, Position, StoredEvent
from tintype.events.sqlite_stream import SqliteEventStream
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.signing import Signer
from tintype.kit.store.sqlite import Database
from tintype.v1 import event_service_pb2 as pb
from tintype.v1 import events_pb2, photo_pb2

QUIET = timedelta(milliseconds=20)


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


@pytest.fixture
async def feed(tmp_path: Path) -> AsyncIterator[Feed]:
    async with Database.open(tmp_path / "events.db") as database, SqliteEventStream.open(database) as stream:
        cursors = StreamCursors(stream, Signer("secret", "cursor"))
        yield Feed(stream, cursors, Watching(stream, cursors, read_event=library_event_of, keep_alive=QUIET))


async def test_a_watch_goes_on_after_any_cursor_and_sees_the_own_library_only(feed: Feed) -> None:
    begin = await feed.cursors.now(OWNER)
    await feed.stream.publish([registered("a"), registered("x", owner_id=OTHER), registered("b"), registered("c")])
    seen = await feed.seen(4, cursor=begin)
    assert seen[0].event is None
    assert [each.event.photo_id for each in seen[1:] if each.event] == ["a", "b", "c"]
    again = await feed.seen(3, cursor=seen[1].cursor)
    assert [each.event.photo_id for each in again if each.event] == ["b", "c"]
    assert again[1] == seen[2]


async def test_without_a_cursor_it_begins_now(feed: Feed) -> None:
    await feed.stream.publish([registered("before")])
    async with aclosing(feed.watching.watch(OWNER, cursor="", kinds=())) as watch, asyncio.timeout(10):
        begin = await anext(watch)
        await feed.stream.publish([registered("after")])
        while (following := await anext(watch)).event is None:
            assert following.cursor == begin.cursor
    assert following.event.photo_id == "after"


async def test_silence_is_kept_alive_with_a_cursor_to_go_on_from(feed: Feed) -> None:
    seen = await feed.seen(3)
    assert [each.event for each in seen] == [None, None, None]
    await feed.stream.publish([registered("a")])
    assert [each.event.photo_id for each in await feed.seen(2, cursor=seen[-1].cursor) if each.event] == ["a"]


async def test_only_chosen_kinds_come(feed: Feed) -> None:
    begin = await feed.cursors.now(OWNER)
    gone = events_pb2.AlbumChanged(album_id="gone", owner_id=OWNER, revision=2, deleted=True)
    kept = events_pb2.AlbumChanged(album_id="kept", owner_id=OWNER, revision=2)
    await feed.stream.publish([registered("a"), fact(kept), fact(gone)])
    seen = await feed.seen(2, cursor=begin, kinds=(EventKind.ALBUM_DELETED,))
    assert [each.event.album_id for each in seen if each.event] == ["gone"]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "not base64!"])
async def test_a_damaged_cursor_is_refused(feed: Feed, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        await feed.seen(1, cursor=cursor)


async def test_the_cursor_of_somebody_else_is_refused(feed: Feed) -> None:
    with pytest.raises(CursorInvalid):
        await feed.seen(1, cursor=await feed.cursors.now(OTHER))
    forged = StreamCursors(feed.stream, Signer("another secret", "cursor"))
    with pytest.raises(CursorInvalid):
        await feed.seen(1, cursor=await forged.now(OWNER))


async def test_a_cursor_of_another_stream_has_expired(feed: Feed) -> None:
    with pytest.raises(CursorExpired):
        await feed.seen(1, cursor=feed.cursors.at(OWNER, epoch="another", sequence=0))
    state = await feed.stream.state()
    with pytest.raises(CursorExpired):
        await feed.seen(1, cursor=feed.cursors.at(OWNER, epoch=state.epoch, sequence=state.last_sequence + 1))


def test_every_fact_that_clients_may_see_is_an_event() -> None:
    told = [
        fact_to_event(PhotoRegistered(photo_id="p", owner_id=OWNER, revision=1))[0],
        fact_to_event(PhotoChanged(photo_id="p", owner_id=OWNER, groups=(Group.EDITS, Group.FACES), revision=2))[0],
        fact_to_event(PhotoReady(photo_id="p", owner_id=OWNER, state=PhotoState.PARTIAL, revision=3))[0],
        fact_to_event(PhotoDeleted(photo_id="p", owner_id=OWNER, revision=4))[0],
        album_fact_to_event(AlbumChanged(album_id="a", owner_id=OWNER, revision=5)),
        album_fact_to_event(AlbumChanged(album_id="a", owner_id=OWNER, revision=6, deleted=True)),
    ]
    events = [library_event_of(StoredEvent(Position("e", 1), fact(message))) for message in told]
    assert [event.kind for event in events] == list(EventKind)
    assert [event.revision for event in events] == [1, 2, 3, 4, 5, 6]
    assert {event.owner_id for event in events} == {OWNER}
    changed, ready = library_event_to_proto(events[1]), library_event_to_proto(events[2])
    assert list(changed.groups) == ["edits", "faces"]
    assert (ready.kind, ready.state) == (pb.LIBRARY_EVENT_KIND_PHOTO_READY, photo_pb2.PHOTO_STATE_PARTIAL)


def test_kinds_that_this_version_does_not_know_are_left_out() -> None:
    assert kinds_of([EVENT_KINDS[EventKind.PHOTO_READY], 99, 0]) == (EventKind.PHOTO_READY,)
