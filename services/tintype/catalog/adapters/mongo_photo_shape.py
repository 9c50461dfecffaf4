"""How photos lie in MongoDB: their keys and indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from pydantic import BaseModel
from pymongo import IndexModel

from tintype.catalog.adapters import photo_shape
from tintype.catalog.adapters.photo_keys import Shelf, shelf_of
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.tag import tag_key
from tintype.kit.store.mongo_shape import OUTBOX, Keyset, MongoShape, Stored, keysets_of

TOTALS: Final = IndexModel(
    [(name, 1) for name in ("owner_id", "shelf", "day", "state", "corrupt", "size_bytes")], name="totals_by_day"
)  # holds all that is counted, so that no count reads a photo
RANKS: Final = IndexModel([("ranks.$**", 1)], name="ranks")
_SEPARATOR: Final = "/"  # sorts before every digit of a rank, so that a place sorts as (rank, id) does


class ShownTag(BaseModel):
    """A tag by the key that it is found by, and as it is written."""

    key: str
    name: str


class PhotoDocument(Stored):
    """A photo and its unpublished facts.

    `albums` has, for each album that it is in, the id behind a 1, or a 0 for a photo that is in the trash or deleted.
    `ranks` has the place in each album by the album's id: MongoDB sorts by the least of an array, not by the element
    that was asked for, so every album needs a field of its own, and one wildcard index serves them all.
    Replicas of schema 1, which may run beside this one during an upgrade, count by `month`.
    """

    shelf: int
    capture_ms: int
    upload_ms: int
    day: str
    month: str
    favourite: int
    state: str
    size_bytes: int
    corrupt: int
    parted_ms: int
    content_left: int
    pending_ms: int
    tags: list[ShownTag]
    albums: list[str]
    ranks: dict[str, str]

    class Settings(Stored.Settings):
        """Where photos lie, and how they are found."""

        name = photo_shape.PHOTOS.table
        indexes = (
            OUTBOX,
            TOTALS,
            RANKS,
            *keysets_of(photo_shape.PHOTOS, without=("days", "sizes")),  # which `TOTALS` answers
            Keyset("tagged", ("owner_id", "shelf", "tags.key"), ("capture_ms",)),
            Keyset("in_album_by_capture", ("owner_id", "albums"), ("capture_ms",)),
        )


def album_key(album_id: str, *, there: bool) -> str:
    """What `albums` has of an album."""
    return f"{int(there)}{album_id}"


def rank_field(album_id: str) -> str:
    """The field of an album in `ranks`, whatever a caller says that its id is."""
    return quote(album_id, safe="").replace(".", "%2E") or "%"


def place(*, there: bool, rank: str = "", photo_id: str = "") -> str:
    """What `ranks` has of an album; without a photo, what all places there are behind."""
    return _SEPARATOR.join((str(int(there)), rank, photo_id)) if rank else f"{int(there)}{_SEPARATOR}"


def place_parts(place: str) -> tuple[str, str]:
    """Rank and id of the photo."""
    _, rank, photo_id = place.split(_SEPARATOR, 2)
    return rank, photo_id


def _lists(photo: Photo) -> Mapping[str, object]:
    there = shelf_of(photo) <= Shelf.ARCHIVE
    return {
        "month": photo.capture_time.month,
        "tags": [{"key": tag_key(tag.name), "name": tag.name} for tag in photo.tags.shown],
        "albums": [album_key(membership.album_id, there=there) for membership in photo.memberships],
        "ranks": {
            rank_field(membership.album_id): place(there=there, rank=membership.rank, photo_id=photo.photo_id)
            for membership in photo.memberships
        },
    }


PHOTOS: Final = MongoShape(photo_shape.PHOTOS, PhotoDocument, beside=_lists)
