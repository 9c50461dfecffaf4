"""What owners are told of their libraries."""

from __future__ import annotations

from google.protobuf.message import Message
from tests.builders import OWNER
from tests.clocks import NOON

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
from tintype.events.ports import Position, StoredEvent
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.v1 import event_service_pb2 as pb
from tintype.v1 import photo_pb2


def fact(message: Message) -> Event:
    name = message.DESCRIPTOR.name
    return Event(RandomIds().new(), OWNER, name, message.SerializeToString(), NOON)


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
