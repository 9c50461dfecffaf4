"""A photo as Elasticsearch stores it, and what it remembers of a deleted one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from tintype.kit.instants import microseconds
from tintype.search.adapters.elasticsearch.mapping import vector_field
from tintype.search.adapters.elasticsearch.responses import Body, Source
from tintype.search.domain.document import DocumentKey, IndexDocument, PhotoFacts, Vector
from tintype.search.domain.photo_filter import season_of
from tintype.search.domain.words import fold

EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
# Digits after the point: reading 17 of them costs more than the search. What is left out changes a similarity by less
# than 0.00001, and the length of a vector far less than the 0.0001 that Elasticsearch lets pass.
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Write:
    """A document to store if nothing newer is there; a delete to remember has no `photo` fields."""

    key: DocumentKey
    source: Body
    deletes: bool = False

    @property
    def document_id(self) -> str:
        """The id in the index."""
        return document_id(self.key.owner_id, self.key.photo_id)


def document_id(owner_id: str, photo_id: str) -> str:
    """Photos of two owners may have the same id."""
    return f"{owner_id}/{photo_id}"


def write_of(document: IndexDocument, now_ms: int) -> Write:
    """What is stored of a photo."""
    vectors = {
        (space, vector_field(space, len(vector))): sent
        for space, vector in document.vectors.items()
        if (sent := sent_vector(vector))
    }
    tokens = {field.value: sorted(values) for field, values in document.tokens.items() if values}
    source = {
        "owner": document.owner_id,
        "photo": document.photo_id,
        "revision": document.revision,
        "updated_ms": now_ms,
        **_facts(document.facts),
        "words": " ".join(sorted({token for values in tokens.values() for token in values})),
        "tokens": tokens,
        "spaces": sorted(space for space, _ in vectors),
        "vectors": {field: sent for (_, field), sent in vectors.items()},
    }
    return Write(document.key, {name: value for name, value in source.items() if value not in ("", [], {}, None)})


def delete_of(key: DocumentKey, now_ms: int) -> Write:
    """What is remembered of a deleted photo."""
    source = {"gone_owner": key.owner_id, "photo": key.photo_id, "revision": key.revision, "gone_ms": now_ms}
    return Write(key, source, deletes=True)


def sent_vector(vector: Vector) -> list[float]:
    """A vector as it is sent: a unit vector of few digits; empty if it has no direction."""
    exact = vector.astype(np.float64)
    length = float(np.linalg.norm(exact))
    if not np.isfinite(length) or length == 0.0:
        return []
    rounded: list[float] = np.round(exact / length, _DIGITS).tolist()
    return rounded


def vectors_of(source: Source) -> Mapping[str, Vector]:
    """A stored photo's vectors by space."""
    stored = source.get("vectors", {})
    fields = {field.rpartition("_")[0]: field for field in stored}
    return {
        space: np.asarray(stored[fields[start]], np.float32)
        for space in source.get("spaces", [])
        if (start := vector_field(space, 0).rpartition("_")[0]) in fields
    }


def _facts(facts: PhotoFacts) -> dict[str, object]:
    place, camera = facts.place, facts.camera
    tags = {fold(tag): tag for tag in facts.tags}
    return {
        **_times(facts),
        "point": {"lat": facts.point.latitude, "lon": facts.point.longitude} if facts.point else None,
        "places": sorted(place.values()),
        "place_names": _named((place.name, place.city, place.region, place.country)),
        "city_names": _named((place.name, place.city)),
        "city": place.city or place.name,
        "country": place.country,
        "cameras": sorted(camera.values()),
        "camera": camera.label,
        "tags": sorted(tags),
        "tag_names": sorted(tags.values()),
        "albums": list(facts.album_ids),
        "media_type": facts.media_type,
        "favourite": facts.favourite,
        "archived": facts.archived,
        "trashed": facts.trashed,
        "rating": facts.rating,
        "state": str(int(facts.state)),
    }


def _times(facts: PhotoFacts) -> dict[str, object]:
    if facts.captured is None:
        return {}
    local = facts.captured.local
    return {
        "taken_us": microseconds(facts.captured.instant),
        "day": local.toordinal() - EPOCH_DAY,
        "year": str(local.year),
        "month": str(local.month),
        "weekday": str(local.isoweekday()),
        "hour": str(local.hour),
        "season": str(int(season_of(local.month, facts.point))),
    }


def _named(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name})
