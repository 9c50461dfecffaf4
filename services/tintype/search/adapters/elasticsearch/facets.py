"""Counting what the photos found have in common, and what an owner's photos can be asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from tintype.search.adapters.elasticsearch.responses import Body, Found, counts_of
from tintype.search.domain.query import FacetValue, IndexAnswer, IndexQuery, Leg, OwnerTerms
from tintype.search.domain.words import fold

FACET_VALUES: Final = 20
_FACETS: Final = {
    "years": "year",
    "countries": "country",
    "cities": "city",
    "cameras": "camera",
    "tags": "tag_names",
    "albums": "albums",
    "media_types": "media_type",
}
_TERMS: Final = {
    "places": "place_names",
    "cities": "city_names",
    "cameras": "camera",
    "tags": "tag_names",
    "album_ids": "albums",
    "years": "year",
}
_MOST_TERMS: Final = 10_000
_SPELLINGS: Final = 5  # of one tag, which differ by case and accents only, and are counted together


def facets_search(query: IndexQuery, clauses: list[Body], answer: IndexAnswer) -> Body:
    """Counts the photos that the legs returned, or everything that a listing keeps."""
    kept = list(clauses)
    if not any(leg.leg is Leg.LISTING for leg in answer.legs):
        found = sorted({photo_id for leg in answer.legs for photo_id in leg.photo_ids})
        kept = [{"term": {"owner": query.owner_id}}, {"terms": {"photo": found}}]
    aggregations = {name: _values(field, FACET_VALUES * _SPELLINGS) for name, field in _FACETS.items()}
    return {"size": 0, "track_total_hits": False, "query": {"bool": {"filter": kept}}, "aggs": aggregations}


def facets_of(found: Found) -> Mapping[str, tuple[FacetValue, ...]]:
    """The most frequent values, ties by value."""
    counts = {name: _counted(found, name) for name in _FACETS}
    return {name: _ranked(each)[:FACET_VALUES] for name, each in counts.items() if each}


def terms_searches(owner_id: str) -> list[Body]:
    """Count the vectors of each space, and every name over the photos that are not in the trash."""
    mine = {"term": {"owner": owner_id}}
    kept = {"bool": {"filter": [mine, {"term": {"trashed": False}}]}}
    names = {name: _values(field, _MOST_TERMS) for name, field in _TERMS.items()}
    counting: Body = {"size": 0, "track_total_hits": False}
    return [
        {**counting, "query": mine, "aggs": {"spaces": _values("spaces", _MOST_TERMS)}},
        {**counting, "query": kept, "aggs": names},
    ]


def terms_of(spaces: Found, kept: Found) -> OwnerTerms:
    """What `terms_searches` counted."""
    return OwnerTerms(
        places=_ranked(_counted(kept, "places")),
        cities=_ranked(_counted(kept, "cities")),
        cameras=_ranked(_counted(kept, "cameras")),
        tags=_ranked(_counted(kept, "tags")),
        album_ids=_ranked(_counted(kept, "album_ids")),
        years=_ranked(_counted(kept, "years")),
        spaces=counts_of(spaces, "spaces"),
    )


def _values(field: str, most: int) -> Body:
    return {"terms": {"field": field, "size": most}}


def _counted(found: Found, name: str) -> Counter[str]:
    counts = Counter(counts_of(found, name))
    return _by_spelling(counts) if name == "tags" else counts


def _by_spelling(counts: Counter[str]) -> Counter[str]:
    """Tags that are the same count together, under their most frequent spelling."""
    labels: dict[str, str] = {}
    together: Counter[str] = Counter()
    for label, photos in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        together[labels.setdefault(fold(label), label)] += photos
    return together


def _ranked(counts: Counter[str]) -> tuple[FacetValue, ...]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetValue(value, photos) for value, photos in ranked)
