"""Facts of the stream as clients hear them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, cast

from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message

from tintype.catalog.convert.enums import EVENT_KIND_OF, EVENT_KINDS, PHOTO_STATE_OF, PHOTO_STATES
from tintype.catalog.domain.library_event import EventKind, LibraryEvent
from tintype.events.ports import StoredEvent
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import event_service_pb2 as pb
from tintype.v1 import events_pb2

HEARD: Final[tuple[type[Message], ...]] = (
    events_pb2.PhotoRegistered,
    events_pb2.PhotoChanged,
    events_pb2.PhotoReady,
    events_pb2.PhotoDeleted,
    events_pb2.AlbumChanged,
)
_BY_NAME: Final[Mapping[str, type[Message]]] = {kind.DESCRIPTOR.name: kind for kind in HEARD}


def library_event_of(stored: StoredEvent) -> LibraryEvent:
    """The event that a fact of the stream is."""
    event = stored.event
    fact = _BY_NAME[event.name].FromString(event.payload)
    return library_event_of_fact(fact, event_id=event.event_id, time=event.time)


def library_event_of_fact(fact: Message, *, event_id: str, time: datetime) -> LibraryEvent:
    """The event that a fact is."""
    return _READERS[type(fact)](fact, event_id, time)


def library_event_to_proto(event: LibraryEvent) -> pb.LibraryEvent:
    """An event as clients get it."""
    return pb.LibraryEvent(
        event_id=event.event_id,
        kind=EVENT_KINDS[event.kind],
        time=timestamp_of(event.time),
        photo_id=event.photo_id,
        album_id=event.album_id,
        revision=event.revision,
        groups=event.groups,
        state=PHOTO_STATES[event.state] if event.state else None,
    )


def event_body(event: LibraryEvent) -> bytes:
    """An event as webhooks get it."""
    return MessageToJson(library_event_to_proto(event), indent=None).encode()


def kinds_of(kinds: Iterable[int]) -> tuple[EventKind, ...]:
    """The kinds that this version knows, each once, in the order of the contract."""
    wanted = set(kinds)
    return tuple(kind for number, kind in EVENT_KIND_OF.items() if number in wanted)


def _photo(kind: EventKind, fact: Message, event_id: str, time: datetime) -> LibraryEvent:
    photo = cast(events_pb2.PhotoRegistered, fact)  # all facts of photos have these three
    return LibraryEvent(
        event_id=event_id,
        owner_id=photo.owner_id,
        kind=kind,
        time=time,
        photo_id=photo.photo_id,
        revision=photo.revision,
        groups=tuple(fact.groups) if isinstance(fact, events_pb2.PhotoChanged) else (),
        state=PHOTO_STATE_OF[fact.state] if isinstance(fact, events_pb2.PhotoReady) else None,
    )


def _album(fact: Message, event_id: str, time: datetime) -> LibraryEvent:
    album = cast(events_pb2.AlbumChanged, fact)
    return LibraryEvent(
        event_id=event_id,
        owner_id=album.owner_id,
        kind=EventKind.ALBUM_DELETED if album.deleted else EventKind.ALBUM_CHANGED,
        time=time,
        album_id=album.album_id,
        revision=album.revision,
    )


def _reader(kind: EventKind) -> Callable[[Message, str, datetime], LibraryEvent]:
    return lambda fact, event_id, time: _photo(kind, fact, event_id, time)


_READERS: Final[Mapping[type[Message], Callable[[Message, str, datetime], LibraryEvent]]] = {
    events_pb2.PhotoRegistered: _reader(EventKind.PHOTO_REGISTERED),
    events_pb2.PhotoChanged: _reader(EventKind.PHOTO_CHANGED),
    events_pb2.PhotoReady: _reader(EventKind.PHOTO_READY),
    events_pb2.PhotoDeleted: _reader(EventKind.PHOTO_DELETED),
    events_pb2.AlbumChanged: _album,
}
