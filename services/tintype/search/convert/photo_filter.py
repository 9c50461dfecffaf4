"""Filters as the contract has them, both ways."""

from __future__ import annotations

from datetime import date
from typing import Final

from tintype.kit.errors import InvalidInput
from tintype.search.convert.source import instant_of
from tintype.search.domain.document import PhotoState, Point
from tintype.search.domain.photo_filter import (
    DEFAULT_RADIUS_KM,
    DateSpan,
    Inclusion,
    Near,
    PhotoFilter,
    Season,
    SetMatch,
    Visibility,
)
from tintype.v1 import photo_filter_pb2, photo_pb2

STATES: Final = {
    PhotoState.PROCESSING: photo_pb2.PHOTO_STATE_PROCESSING,
    PhotoState.READY: photo_pb2.PHOTO_STATE_READY,
    PhotoState.PARTIAL: photo_pb2.PHOTO_STATE_PARTIAL,
    PhotoState.FAILED: photo_pb2.PHOTO_STATE_FAILED,
}
SEASONS: Final = {
    Season.SPRING: photo_filter_pb2.SEASON_SPRING,
    Season.SUMMER: photo_filter_pb2.SEASON_SUMMER,
    Season.AUTUMN: photo_filter_pb2.SEASON_AUTUMN,
    Season.WINTER: photo_filter_pb2.SEASON_WINTER,
}
INCLUSIONS: Final = {
    Inclusion.EXCLUDED: photo_filter_pb2.INCLUSION_UNSPECIFIED,
    Inclusion.INCLUDED: photo_filter_pb2.INCLUSION_INCLUDED,
    Inclusion.ONLY: photo_filter_pb2.INCLUSION_ONLY,
}
STATE_OF: Final = {value: key for key, value in STATES.items()}
SEASON_OF: Final = {value: key for key, value in SEASONS.items()}
INCLUSION_OF: Final = {value: key for key, value in INCLUSIONS.items()}


def filter_of(wire: photo_filter_pb2.PhotoFilter) -> PhotoFilter:
    """What a request keeps, but for visibility. Raises InvalidInput for a day that is none."""
    return PhotoFilter(
        after=instant_of(wire.after) if wire.HasField("after") else None,
        before=instant_of(wire.before) if wire.HasField("before") else None,
        dates=tuple(DateSpan(_day_of(span.first), _day_of(span.last)) for span in wire.dates),
        months=frozenset(wire.months),
        weekdays=frozenset(wire.weekdays),
        hours=frozenset(wire.hours),
        seasons=frozenset(SEASON_OF[season] for season in wire.seasons if season in SEASON_OF),
        places=_folded(wire.places),
        near=_near_of(wire.near) if wire.HasField("near") else None,
        cameras=_folded(wire.cameras),
        tags=_folded(wire.tags),
        album_ids=_exact(wire.album_ids),
        favourite=wire.favourite if wire.HasField("favourite") else None,
        min_rating=wire.min_rating,
        media_types=_exact(wire.media_types),
        states=frozenset(STATE_OF[state] for state in wire.states if state in STATE_OF),
    )


def visibility_of(wire: photo_filter_pb2.PhotoFilter) -> Visibility:
    """What a request says of archived and trashed photos."""
    return Visibility(archived=INCLUSION_OF[wire.archived], trashed=INCLUSION_OF[wire.trashed])


def filter_to_proto(kept: PhotoFilter) -> photo_filter_pb2.PhotoFilter:
    """A filter that words became, so that a client can send it instead of them."""
    wire = photo_filter_pb2.PhotoFilter(
        months=sorted(kept.months),
        weekdays=sorted(kept.weekdays),
        hours=sorted(kept.hours),
        seasons=[SEASONS[season] for season in sorted(kept.seasons)],
        dates=[photo_filter_pb2.DateSpan(first=str(span.first), last=str(span.last)) for span in kept.dates],
        favourite=kept.favourite,
        min_rating=kept.min_rating,
        states=[STATES[state] for state in sorted(kept.states)],
    )
    if kept.after is not None:
        wire.after.FromDatetime(kept.after)
    if kept.before is not None:
        wire.before.FromDatetime(kept.before)
    if kept.near is not None:
        wire.near.latitude_deg, wire.near.longitude_deg = kept.near.centre.latitude, kept.near.centre.longitude
        wire.near.radius_km = kept.near.radius_km
    for target, match in (
        (wire.places, kept.places),
        (wire.cameras, kept.cameras),
        (wire.tags, kept.tags),
        (wire.album_ids, kept.album_ids),
        (wire.media_types, kept.media_types),
    ):
        if match:
            target.CopyFrom(_match_to_proto(match))
    return wire


def _folded(wire: photo_filter_pb2.SetMatch) -> SetMatch:
    return SetMatch.folded(wire.any_of, wire.all_of, wire.none_of)


def _exact(wire: photo_filter_pb2.SetMatch) -> SetMatch:
    return SetMatch(frozenset(wire.any_of), frozenset(wire.all_of), frozenset(wire.none_of))


def _near_of(wire: photo_filter_pb2.Near) -> Near:
    return Near(Point(wire.latitude_deg, wire.longitude_deg), wire.radius_km or DEFAULT_RADIUS_KM)


def _match_to_proto(match: SetMatch) -> photo_filter_pb2.SetMatch:
    return photo_filter_pb2.SetMatch(
        any_of=sorted(match.any_of), all_of=sorted(match.all_of), none_of=sorted(match.none_of)
    )


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text} is no day"
        raise InvalidInput(message, fields={"filter.dates": message}) from error
