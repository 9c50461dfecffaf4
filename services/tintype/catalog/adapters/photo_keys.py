"""What photos are sorted, found and counted by, in every store."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import StageState
from tintype.kit.instants import milliseconds

NEVER: Final = 1 << 60  # milliseconds: nothing of the photo waits


class Shelf(IntEnum):
    """Where a photo is looked for; an archived one in the trash is in the trash."""

    LIBRARY = 0
    ARCHIVE = 1
    TRASH = 2
    TOMBSTONES = 3


def shelf_of(photo: Photo) -> Shelf:
    """The shelf of a photo."""
    if photo.deletion is not None:
        return Shelf.TOMBSTONES
    if photo.trash_time is not None:
        return Shelf.TRASH
    return Shelf.ARCHIVE if photo.edits.archived else Shelf.LIBRARY


def capture_ms(photo: Photo) -> int:
    """When it was taken."""
    return milliseconds(photo.capture_time.instant)


def parted_ms(photo: Photo) -> int:
    """When it went into the trash, or was deleted."""
    parted = photo.deletion.delete_time if photo.deletion is not None else photo.trash_time
    return NEVER if parted is None else milliseconds(parted)


def pending_ms(photo: Photo) -> int:
    """Since when the stage waits that waits longest; what is in the trash is not worked on."""
    if shelf_of(photo) > Shelf.ARCHIVE:
        return NEVER
    waiting = [status.request_time for status in photo.stages if status.state is StageState.PENDING]
    return milliseconds(min(waiting)) if waiting else NEVER


def content_left(photo: Photo) -> int:
    """1 for a tombstone whose content is not removed yet."""
    return int(photo.deletion is not None and photo.deletion.content_removed_time is None)
