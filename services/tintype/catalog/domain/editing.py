"""What an owner changes on a photo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tintype.catalog.domain.capture import CaptureTime, StatedTime, completed
from tintype.catalog.domain.change import Change, changed, unchanged
from tintype.catalog.domain.fact import Group
from tintype.catalog.domain.location import Location
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.source import OffsetSource, ValueSource


class Field(StrEnum):
    """A field of the photo that its owner may set, by its name in the contract."""

    TITLE = "title"
    DESCRIPTION = "description"
    FAVOURITE = "favourite"
    RATING = "rating"
    ARCHIVED = "archived"
    CAPTURE_TIME = "capture_time"
    LOCATION = "location"
    TAGS = "tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """New values for the fields that a mask names; empty ones let the file speak again."""

    title: str = ""
    description: str = ""
    favourite: bool = False
    rating: int = 0
    archived: bool = False
    capture_time: StatedTime | None = None
    location: Location | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoEdit:
    """One change to many photos; None and empty leave what is there."""

    favourite: bool | None = None
    archived: bool | None = None
    rating: int | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    shift_minutes: int | None = None


def updated(photo: Photo, values: Values, fields: frozenset[Field], now: datetime) -> Change:
    """Set the named fields; one that is named and empty returns to what the file says."""
    edits = photo.edits
    edited = replace(
        photo,
        edits=replace(
            edits,
            title=(values.title or None) if Field.TITLE in fields else edits.title,
            description=(values.description or None) if Field.DESCRIPTION in fields else edits.description,
            favourite=values.favourite if Field.FAVOURITE in fields else edits.favourite,
            rating=(values.rating or None) if Field.RATING in fields else edits.rating,
            archived=values.archived if Field.ARCHIVED in fields else edits.archived,
            capture_time=_stated(values.capture_time) if Field.CAPTURE_TIME in fields else edits.capture_time,
            location=_placed(values.location) if Field.LOCATION in fields else edits.location,
        ),
        tags=photo.tags.replaced(values.tags, now) if Field.TAGS in fields else photo.tags,
    )
    return _if_changed(photo, edited)


def edited(photo: Photo, edit: PhotoEdit, now: datetime) -> Change:
    """One change of a batch. A shift moves what is in force, whoever said it, and makes it the owner's."""
    edits = photo.edits
    if edit.favourite is not None:
        edits = replace(edits, favourite=edit.favourite)
    if edit.archived is not None:
        edits = replace(edits, archived=edit.archived)
    if edit.rating is not None:
        edits = replace(edits, rating=edit.rating or None)
    if edit.shift_minutes:
        edits = replace(edits, capture_time=photo.capture_time.shifted(edit.shift_minutes))
    tags = photo.tags.edited(add=edit.add_tags, remove=edit.remove_tags, now=now)
    return _if_changed(photo, replace(photo, edits=edits, tags=tags))


def _if_changed(before: Photo, after: Photo) -> Change:
    return unchanged(before) if after == before else changed(after, [Group.EDITS])


def _stated(time: StatedTime | None) -> CaptureTime | None:
    return completed(time, source=ValueSource.USER, offset_source=OffsetSource.USER)


def _placed(location: Location | None) -> Location | None:
    return location and replace(location, source=ValueSource.USER)
