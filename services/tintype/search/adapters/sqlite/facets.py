"""Counting what the photos found have in common, and what an owner's photos can be asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from tintype.search.adapters.sqlite.columns import Columns, Mask, Members
from tintype.search.domain.query import FacetValue, OwnerTerms

T = TypeVar("T")

FACET_VALUES: Final = 20


def facets_of(columns: Columns, mask: Mask) -> dict[str, tuple[FacetValue, ...]]:
    """The most frequent values of the photos in the mask, ties by value."""
    places = _coded(columns, "place", columns.places.values, mask)
    cameras = _coded(columns, "camera", columns.cameras.values, mask)
    media_types = _coded(columns, "media_type", columns.media_types.values, mask)
    counts: dict[str, Counter[str]] = {
        "years": _years(columns, mask),
        "countries": _named((place.country, n) for place, n in places),
        "cities": _named((place.city or place.name, n) for place, n in places),
        "cameras": _named((camera.label, n) for camera, n in cameras),
        "tags": _members(columns.tags, mask, columns.tag_labels, FACET_VALUES),
        "albums": _members(columns.albums, mask, {}, FACET_VALUES),
        "media_types": _named(media_types),
    }
    return {name: _ranked(each)[:FACET_VALUES] for name, each in counts.items() if each}


def terms_of(columns: Columns, spaces: Mapping[str, int]) -> OwnerTerms:
    """Names and counts over all photos that are not in the trash."""
    mask = columns.alive & (columns.rows["trashed"][: columns.size] == 0)
    places = _coded(columns, "place", columns.places.values, mask)
    every_level: Counter[str] = Counter()
    cities: Counter[str] = Counter()
    for place, photos in places:
        for name in {place.name, place.city}:
            cities[name] += photos
        for name in {place.name, place.city, place.region, place.country}:
            every_level[name] += photos
    return OwnerTerms(
        places=_ranked(every_level),
        cities=_ranked(cities),
        cameras=_ranked(_named((c.label, n) for c, n in _coded(columns, "camera", columns.cameras.values, mask))),
        tags=_ranked(_members(columns.tags, mask, columns.tag_labels)),
        album_ids=_ranked(_members(columns.albums, mask, {})),
        years=_ranked(_years(columns, mask)),
        spaces=spaces,
    )


def _coded(columns: Columns, name: str, values: Sequence[T], mask: Mask) -> list[tuple[T, int]]:
    counts = np.bincount(columns.rows[name][: len(mask)][mask], minlength=len(values))
    return [(value, int(count)) for value, count in zip(values, counts, strict=False) if count]


def _named(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, photos in pairs:
        counts[name] += photos
    return counts


def _years(columns: Columns, mask: Mask) -> Counter[str]:
    dated = mask & columns.has_instant[: len(mask)]
    days: npt.NDArray[np.int32] = columns.rows["day"][: len(mask)][dated]
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    counts = np.bincount(years) if len(years) else np.empty(0, np.int64)
    return Counter({str(year): int(counts[year]) for year in np.flatnonzero(counts)})


def _members(members: Members, mask: Mask, labels: Mapping[str, str], most: int = 0) -> Counter[str]:
    """Counts by value; if `most` is given, of those alone that may be among so many of the most frequent."""
    codes, places = members.pairs()
    inside = (codes >= 0) & (places < len(mask))
    codes, places = codes[inside], places[inside]
    values = members.codes.values
    counts = np.bincount(codes[mask[places]], minlength=len(values))
    least = np.partition(counts, -most)[-most] if 0 < most < len(counts) else 1
    return Counter(
        {labels.get(values[code], values[code]): int(counts[code]) for code in np.flatnonzero(counts >= max(least, 1))}
    )


def _ranked(counts: Counter[str]) -> tuple[FacetValue, ...]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetValue(value, photos) for value, photos in ranked if value and photos)
