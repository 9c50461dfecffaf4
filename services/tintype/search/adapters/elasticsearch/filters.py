"""Filters as clauses of a query: the domain's definition, in Elasticsearch's words."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tintype.kit.instants import microseconds
from tintype.search.adapters.elasticsearch.documents import EPOCH_DAY
from tintype.search.adapters.elasticsearch.responses import Body
from tintype.search.domain.photo_filter import Inclusion, Near, PhotoFilter, SetMatch, Visibility


def clauses_of(owner_id: str, filters: Iterable[PhotoFilter], visibility: Visibility) -> list[Body]:
    """What all must hold of a photo that is kept."""
    clauses: list[Body] = [{"term": {"owner": owner_id}}]
    for name, inclusion in (("archived", visibility.archived), ("trashed", visibility.trashed)):
        if inclusion is not Inclusion.INCLUDED:
            clauses.append({"term": {name: inclusion is Inclusion.ONLY}})
    for each in filters:
        clauses += [*_times(each), *_plain(each), *_sets(each)]
    return clauses


def _times(asked: PhotoFilter) -> Iterable[Body]:
    """A photo without a date has none of these fields, and so matches none."""
    if asked.after is not None:
        yield {"range": {"taken_us": {"gte": microseconds(asked.after)}}}
    if asked.before is not None:
        yield {"range": {"taken_us": {"lt": microseconds(asked.before)}}}
    if asked.dates:
        spans = [(span.first.toordinal() - EPOCH_DAY, span.last.toordinal() - EPOCH_DAY) for span in asked.dates]
        yield any_of([{"range": {"day": {"gte": first, "lte": last}}} for first, last in spans])
    yield from _numbers("month", asked.months)
    yield from _numbers("weekday", asked.weekdays)
    yield from _numbers("hour", asked.hours)
    yield from _numbers("season", asked.seasons)


def _plain(asked: PhotoFilter) -> Iterable[Body]:
    if asked.near is not None:
        yield _near(asked.near)
    if asked.favourite is not None:
        yield {"term": {"favourite": asked.favourite}}
    if asked.min_rating:
        yield {"range": {"rating": {"gte": asked.min_rating}}}
    yield from _numbers("state", asked.states)


def _sets(asked: PhotoFilter) -> Iterable[Body]:
    yield from _set("places", asked.places)
    yield from _set("cameras", asked.cameras)
    yield from _set("tags", asked.tags)
    yield from _set("albums", asked.album_ids)
    yield from _set("media_type", asked.media_types)


def _set(field: str, asked: SetMatch) -> Iterable[Body]:
    if asked.any_of:
        yield {"terms": {field: sorted(asked.any_of)}}
    for value in sorted(asked.all_of):
        yield {"term": {field: value}}
    if asked.none_of:
        yield {"bool": {"must_not": [{"terms": {field: sorted(asked.none_of)}}]}}


def _numbers(field: str, wanted: Collection[int]) -> Iterable[Body]:
    if wanted:
        yield {"terms": {field: sorted(str(int(number)) for number in wanted)}}


def _near(near: Near) -> Body:
    centre = {"lat": near.centre.latitude, "lon": near.centre.longitude}
    return {"geo_distance": {"distance": f"{near.radius_km}km", "point": centre}}


def any_of(clauses: list[Body]) -> Body:
    """A clause that holds where one of these does."""
    return {"bool": {"should": clauses, "minimum_should_match": 1}}
