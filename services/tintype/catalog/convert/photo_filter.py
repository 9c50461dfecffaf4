"""Filters as the contract says them."""

from __future__ import annotations

from tintype.catalog.convert.enums import INCLUSION_OF, PHOTO_STATE_OF, SEASON_OF
from tintype.catalog.domain.photo_filter import DateSpan, Near, PhotoFilter, SetMatch
from tintype.kit.timestamps import instant_from
from tintype.v1 import photo_filter_pb2


def filter_of(wire: photo_filter_pb2.PhotoFilter) -> PhotoFilter:
    """The filter of a request."""
    return PhotoFilter(
        after=instant_from(wire.after) if wire.HasField("after") else None,
        before=instant_from(wire.before) if wire.HasField("before") else None,
        months=tuple(wire.months),
        weekdays=tuple(wire.weekdays),
        hours=tuple(wire.hours),
        seasons=tuple(SEASON_OF[season] for season in wire.seasons),
        dates=tuple(DateSpan(first=span.first, last=span.last) for span in wire.dates),
        places=_match_of(wire.places),
        near=_near_of(wire.near) if wire.HasField("near") else None,
        cameras=_match_of(wire.cameras),
        tags=_match_of(wire.tags),
        album_ids=_match_of(wire.album_ids),
        favourite=wire.favourite if wire.HasField("favourite") else None,
        min_rating=wire.min_rating,
        media_types=_match_of(wire.media_types),
        states=tuple(PHOTO_STATE_OF[state] for state in wire.states if state in PHOTO_STATE_OF),
        archived=INCLUSION_OF[wire.archived],
        trashed=INCLUSION_OF[wire.trashed],
    )


def _match_of(match: photo_filter_pb2.SetMatch) -> SetMatch:
    return SetMatch(any_of=tuple(match.any_of), all_of=tuple(match.all_of), none_of=tuple(match.none_of))


def _near_of(near: photo_filter_pb2.Near) -> Near:
    return Near(latitude_deg=near.latitude_deg, longitude_deg=near.longitude_deg, radius_km=near.radius_km)
