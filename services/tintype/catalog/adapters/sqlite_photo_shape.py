"""How photos lie in SQLite: their key columns and indexes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final

from tintype.catalog.domain.fact import (
    AnalysisRequested,
    PhotoChanged,
    PhotoDeleted,
    PhotoFact,
    PhotoReady,
    PhotoRegistered,
)
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import StageState
from tintype.catalog.domain.tag import tag_key
from tintype.catalog.ports.photo import PhotoConflict, PhotoExists, PhotoNotFound
from tintype.kit.store.aggregate_shape import Column, Entries, Index, Key, Shape
from tintype.kit.store.documents import Codec, FactCodec

NEVER: Final = 1 << 60  # milliseconds: nothing of the photo waits

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Shelf(IntEnum):
    """Where a photo is looked for; an archived one in the trash is in the trash."""

    LIBRARY = 0
    ARCHIVE = 1
    TRASH = 2
    TOMBSTONES = 3


def milliseconds(instant: datetime) -> int:
    """Since 1970, exactly; negative before."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def _shelf(photo: Photo) -> Shelf:
    if photo.deletion is not None:
        return Shelf.TOMBSTONES
    if photo.trash_time is not None:
        return Shelf.TRASH
    return Shelf.ARCHIVE if photo.edits.archived else Shelf.LIBRARY


def _capture_ms(photo: Photo) -> int:
    return milliseconds(photo.capture_time.instant)


def _parted_ms(photo: Photo) -> int:
    """When it went into the trash, or was deleted."""
    parted = photo.deletion.delete_time if photo.deletion is not None else photo.trash_time
    return NEVER if parted is None else milliseconds(parted)


def _pending_ms(photo: Photo) -> int:
    """Since when the stage waits that waits longest; what is in the trash is not worked on."""
    if _shelf(photo) > Shelf.ARCHIVE:
        return NEVER
    waiting = [status.request_time for status in photo.stages if status.state is StageState.PENDING]
    return milliseconds(min(waiting)) if waiting else NEVER


def _content_left(photo: Photo) -> int:
    return int(photo.deletion is not None and photo.deletion.content_removed_time is None)


def _tags(photo: Photo) -> Iterable[tuple[Key, ...]]:
    shelf, capture_ms = int(_shelf(photo)), _capture_ms(photo)
    return [(tag_key(tag.name), tag.name, shelf, capture_ms) for tag in photo.tags.shown]


def _albums(photo: Photo) -> Iterable[tuple[Key, ...]]:
    there, capture_ms = int(_shelf(photo) <= Shelf.ARCHIVE), _capture_ms(photo)
    return [(membership.album_id, there, membership.rank, capture_ms) for membership in photo.memberships]


PHOTOS: Final = Shape[Photo, PhotoFact](
    table="photos",
    codec=Codec(Photo),
    aggregate_id=lambda photo: photo.photo_id,
    not_found=PhotoNotFound,
    already_exists=PhotoExists,
    conflict=PhotoConflict,
    facts=FactCodec[PhotoFact](PhotoRegistered, AnalysisRequested, PhotoChanged, PhotoReady, PhotoDeleted),
    columns=[
        Column("shelf", "INTEGER", lambda photo: int(_shelf(photo))),
        Column("capture_ms", "INTEGER", _capture_ms),
        Column("upload_ms", "INTEGER", lambda photo: milliseconds(photo.upload_time)),
        Column("month", "TEXT", lambda photo: photo.capture_time.month),
        Column("favourite", "INTEGER", lambda photo: int(photo.edits.favourite)),
        Column("state", "TEXT", lambda photo: photo.state.value),
        Column("size_bytes", "INTEGER", lambda photo: photo.file.size_bytes),
        Column("corrupt", "INTEGER", lambda photo: int(photo.corrupt_time is not None)),
        Column("parted_ms", "INTEGER", _parted_ms),
        Column("content_left", "INTEGER", _content_left),
        Column("pending_ms", "INTEGER", _pending_ms),
    ],
    indexes=[
        Index("everything"),
        Index("owned", ("owner_id",)),
        Index("by_capture", ("owner_id",), ("capture_ms",)),
        Index("by_upload", ("owner_id",), ("upload_ms",)),
        Index("shelf_by_capture", ("owner_id", "shelf"), ("capture_ms",)),
        Index("shelf_by_upload", ("owner_id", "shelf"), ("upload_ms",)),
        Index("favourites", ("owner_id", "shelf", "favourite"), ("capture_ms",)),
        Index("states", ("owner_id", "shelf", "state"), ("capture_ms",)),
        Index("months", ("owner_id", "shelf", "month")),
        Index("sizes", ("owner_id", "shelf"), ("size_bytes",)),
        Index("parted", ("shelf", "content_left"), ("parted_ms",)),
        Index("pending", (), ("pending_ms",)),
    ],
    entries=[
        Entries(
            "tags",
            (("tag", "TEXT"), ("name", "TEXT"), ("shelf", "INTEGER"), ("capture_ms", "INTEGER")),
            _tags,
            (Index("tagged", ("owner_id", "shelf", "tag"), ("capture_ms",)),),
        ),
        Entries(
            "albums",
            (("album_id", "TEXT"), ("there", "INTEGER"), ("rank", "TEXT"), ("capture_ms", "INTEGER")),
            _albums,
            (
                Index("in_album", ("owner_id", "album_id", "there"), ("rank",)),
                Index("in_album_by_capture", ("owner_id", "album_id", "there"), ("capture_ms",)),
            ),
        ),
    ],
)
