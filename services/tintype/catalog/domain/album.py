"""The album: a title for photos. Which photos are in it is kept by the photos."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class AlbumOrder(StrEnum):
    """The order of the photos of an album."""

    OLDEST_FIRST = "oldest_first"
    NEWEST_FIRST = "newest_first"
    MANUAL = "manual"

    @property
    def by_capture(self) -> bool:
        """Whether the time of capture orders the photos, or else their ranks do."""
        return self is not AlbumOrder.MANUAL


class AlbumField(StrEnum):
    """A field of the album that its owner may set, by its name in the contract."""

    TITLE = "title"
    DESCRIPTION = "description"
    COVER_PHOTO_ID = "cover_photo_id"
    ORDER = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumValues:
    """What an owner sets."""

    title: str = ""
    description: str = ""
    cover_photo_id: str = ""
    order: AlbumOrder = AlbumOrder.OLDEST_FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """An album of one owner. A deleted one stays for a while, so that memberships written late are found and removed.

    `request` is what the creating call asked for, so that a repeated one can be told from another one.
    """

    album_id: str
    owner_id: str
    values: AlbumValues
    create_time: datetime
    request: AlbumValues
    revision: int = 1
    delete_time: datetime | None = None

    @property
    def etag(self) -> str:
        """Covers what users edit."""
        return f'"{hashlib.sha256(repr(self.values).encode()).hexdigest()[:16]}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumChanged:
    """An album was made, changed or deleted."""

    album_id: str
    owner_id: str
    deleted: bool = False
    revision: int = 0


def album_changed(album: Album) -> AlbumChanged:
    """What is told of an album as it is stored now."""
    deleted = album.delete_time is not None
    return AlbumChanged(album_id=album.album_id, owner_id=album.owner_id, deleted=deleted, revision=album.revision)


def updated(album: Album, values: AlbumValues, fields: frozenset[AlbumField]) -> Album:
    """Set the named fields."""
    old = album.values
    return replace(
        album,
        values=AlbumValues(
            title=values.title if AlbumField.TITLE in fields else old.title,
            description=values.description if AlbumField.DESCRIPTION in fields else old.description,
            cover_photo_id=values.cover_photo_id if AlbumField.COVER_PHOTO_ID in fields else old.cover_photo_id,
            order=values.order if AlbumField.ORDER in fields else old.order,
        ),
    )
