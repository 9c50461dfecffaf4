"""What happened in a library, as its owner may hear it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tintype.catalog.domain.stage import PhotoState


class EventKind(StrEnum):
    """What happened."""

    PHOTO_REGISTERED = "photo_registered"
    PHOTO_CHANGED = "photo_changed"
    PHOTO_READY = "photo_ready"
    PHOTO_DELETED = "photo_deleted"
    ALBUM_CHANGED = "album_changed"
    ALBUM_DELETED = "album_deleted"

    @property
    def fact(self) -> str:
        """The name of the fact that it is made of."""
        return _FACTS[self]


_FACTS: Final = {
    EventKind.PHOTO_REGISTERED: "PhotoRegistered",
    EventKind.PHOTO_CHANGED: "PhotoChanged",
    EventKind.PHOTO_READY: "PhotoReady",
    EventKind.PHOTO_DELETED: "PhotoDeleted",
    EventKind.ALBUM_CHANGED: "AlbumChanged",
    EventKind.ALBUM_DELETED: "AlbumChanged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEvent:
    """One event; `photo_id` or `album_id` is set. `groups` belong to PHOTO_CHANGED, `state` to PHOTO_READY."""

    event_id: str
    owner_id: str
    kind: EventKind
    time: datetime
    revision: int
    photo_id: str = ""
    album_id: str = ""
    groups: tuple[str, ...] = ()
    state: PhotoState | None = None
