"""How a document's facts and vectors lie in a row: a fixed record for what filters compare, JSON for names."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

import numpy as np

from tintype.kit.instants import microseconds
from tintype.search.domain.document import Camera, PhotoFacts, Place, Vector
from tintype.search.domain.photo_filter import season_of

NO_INSTANT: Final = np.iinfo(np.int64).min
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()

# The stored half of a photo's columns. Times are 0 and the instant is the smallest where there is no date.
RECORD: Final = np.dtype(
    [
        ("instant", "<i8"),  # microseconds, so that comparing is exact
        ("day", "<i4"),
        ("month", "u1"),
        ("weekday", "u1"),
        ("hour", "u1"),
        ("season", "u1"),
        ("latitude", "<f8"),
        ("longitude", "<f8"),
        ("favourite", "u1"),
        ("archived", "u1"),
        ("trashed", "u1"),
        ("rating", "u1"),
        ("state", "u1"),
    ]
)


def pack_record(facts: PhotoFacts) -> bytes:
    """The fixed record of a photo."""
    record = np.zeros(1, RECORD)
    record["instant"] = NO_INSTANT
    if facts.captured is not None:
        local = facts.captured.local
        record["instant"] = microseconds(facts.captured.instant)
        record["day"] = local.toordinal() - EPOCH_DAY
        record["month"], record["weekday"], record["hour"] = local.month, local.isoweekday(), local.hour
        record["season"] = season_of(local.month, facts.point)
    record["latitude"] = facts.point.latitude if facts.point else np.nan
    record["longitude"] = facts.point.longitude if facts.point else np.nan
    record["favourite"], record["archived"], record["trashed"] = facts.favourite, facts.archived, facts.trashed
    record["rating"], record["state"] = facts.rating, facts.state
    return record.tobytes()


def pack_names(facts: PhotoFacts) -> str:
    """The names of a photo as JSON."""
    place, camera = facts.place, facts.camera
    names = (
        (place.name, place.city, place.region, place.country, place.country_code),
        (camera.make, camera.model),
        facts.media_type,
        facts.tags,
        facts.album_ids,
    )
    return json.dumps(names, ensure_ascii=False, separators=(",", ":"))


def unpack_names(stored: str) -> tuple[Place, Camera, str, list[str], list[str]]:
    """What `pack_names` packed."""
    place, camera, media_type, tags, album_ids = json.loads(stored)
    return Place(*place), Camera(*camera), media_type, tags, album_ids


def pack_vector(vector: Vector) -> bytes:
    """A vector as float32, little-endian."""
    return np.ascontiguousarray(vector, "<f4").tobytes()


def unpack_vector(stored: bytes) -> Vector:
    """What `pack_vector` packed."""
    return np.frombuffer(stored, "<f4").astype(np.float32)
