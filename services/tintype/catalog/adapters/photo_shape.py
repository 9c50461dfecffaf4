"""What photos are found by, in every database.

Tags and albums are side tables in SQLite; MongoDB has them in the document, by fields of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tintype.catalog.adapters.documents import PHOTO, PHOTO_FACTS
from tintype.catalog.adapters.photo_keys import Shelf, capture_ms, content_left, parted_ms, pending_ms, shelf_of
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.tag import tag_key
from tintype.catalog.ports.photo import PhotoConflict, PhotoExists, PhotoNotFound
from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import Column, Entries, Index, Key, Shape


def _tags(photo: Photo) -> Iterable[tuple[Key, ...]]:
    shelf, taken_ms = int(shelf_of(photo)), capture_ms(photo)
    return [(tag_key(tag.name), tag.name, shelf, taken_ms) for tag in photo.tags.shown]


def _albums(photo: Photo) -> Iterable[tuple[Key, ...]]:
    there, taken_ms = int(shelf_of(photo) <= Shelf.ARCHIVE), capture_ms(photo)
    return [(membership.album_id, there, membership.rank, taken_ms) for membership in photo.memberships]


PHOTOS: Final = Shape[Photo, PhotoFact](
    table="photos",
    codec=PHOTO,
    aggregate_id=lambda photo: photo.photo_id,
    not_found=PhotoNotFound,
    already_exists=PhotoExists,
    conflict=PhotoConflict,
    facts=PHOTO_FACTS,
    columns=[
        Column("shelf", "INTEGER", lambda photo: int(shelf_of(photo))),
        Column("capture_ms", "INTEGER", capture_ms),
        Column("upload_ms", "INTEGER", lambda photo: milliseconds(photo.upload_time)),
        Column("day", "TEXT", lambda photo: photo.capture_time.day),
        Column("favourite", "INTEGER", lambda photo: int(photo.edits.favourite)),
        Column("state", "TEXT", lambda photo: photo.state.value),
        Column("size_bytes", "INTEGER", lambda photo: photo.file.size_bytes),
        Column("corrupt", "INTEGER", lambda photo: int(photo.corrupt_time is not None)),
        Column("parted_ms", "INTEGER", parted_ms),
        Column("content_left", "INTEGER", content_left),
        Column("pending_ms", "INTEGER", pending_ms),
    ],
    indexes=[
        Index("by_capture", ("owner_id",), ("capture_ms",)),
        Index("by_upload", ("owner_id",), ("upload_ms",)),
        Index("shelf_by_capture", ("owner_id", "shelf"), ("capture_ms",)),
        Index("shelf_by_upload", ("owner_id", "shelf"), ("upload_ms",)),
        Index("favourites", ("owner_id", "shelf", "favourite"), ("capture_ms",)),
        Index("states", ("owner_id", "shelf", "state"), ("capture_ms",)),
        Index("days", ("owner_id", "shelf", "day")),
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
