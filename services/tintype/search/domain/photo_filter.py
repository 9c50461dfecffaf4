"""Which photos a query keeps; the one definition that every index adapter is held to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from math import asin, cos, radians, sin, sqrt
from typing import Final

from tintype.search.domain.document import PhotoFacts, PhotoState, Point
from tintype.search.domain.words import fold

EARTH_RADIUS_KM: Final = 6371.0088
DEFAULT_RADIUS_KM: Final = 10.0


class Season(IntEnum):
    """A quarter of the year by the weather, in whole months; the numbers are those of the contract."""

    SPRING = 1
    SUMMER = 2
    AUTUMN = 3
    WINTER = 4


class Inclusion(IntEnum):
    """What to do with photos that are left out unless they are asked for."""

    EXCLUDED = 0
    INCLUDED = 1
    ONLY = 2

    def admits(self, marked: bool) -> bool:
        """Whether a photo that is (not) marked is kept."""
        return self is Inclusion.INCLUDED or marked == (self is Inclusion.ONLY)


@dataclass(frozen=True, slots=True)
class SetMatch:
    """What a photo's values must have in common with these; an empty set asks nothing."""

    any_of: frozenset[str] = frozenset()
    all_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()

    @classmethod
    def folded(cls, any_of: Iterable[str] = (), all_of: Iterable[str] = (), none_of: Iterable[str] = ()) -> SetMatch:
        """Of values that are compared without case and accents."""
        return cls(frozenset(map(fold, any_of)), frozenset(map(fold, all_of)), frozenset(map(fold, none_of)))

    def __bool__(self) -> bool:
        return bool(self.any_of or self.all_of or self.none_of)

    def admits(self, values: frozenset[str]) -> bool:
        """Whether a photo with these values is kept."""
        some = not self.any_of or bool(self.any_of & values)
        return some and self.all_of <= values and not self.none_of & values


@dataclass(frozen=True, slots=True)
class Near:
    """A circle on the earth."""

    centre: Point
    radius_km: float = DEFAULT_RADIUS_KM


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Days by local time, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """Keeps photos; every part that is set must match. Values of places, cameras and tags are folded.

    A photo without a date, a place or a point matches no condition on it.
    """

    after: datetime | None = None
    before: datetime | None = None
    dates: tuple[DateSpan, ...] = ()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    seasons: frozenset[Season] = frozenset()
    places: SetMatch = SetMatch()
    near: Near | None = None
    cameras: SetMatch = SetMatch()
    tags: SetMatch = SetMatch()
    album_ids: SetMatch = SetMatch()
    favourite: bool | None = None
    min_rating: int = 0
    media_types: SetMatch = SetMatch()
    states: frozenset[PhotoState] = frozenset()

    def admits(self, facts: PhotoFacts) -> bool:
        """Whether a photo is kept, visibility aside."""
        return (
            self._admits_time(facts)
            and self.places.admits(facts.place.values())
            and (self.near is None or (facts.point is not None and _within(self.near, facts.point)))
            and self.cameras.admits(facts.camera.values())
            and self.tags.admits(frozenset(map(fold, facts.tags)))
            and self.album_ids.admits(frozenset(facts.album_ids))
            and self.favourite in (None, facts.favourite)
            and facts.rating >= self.min_rating
            and self.media_types.admits(frozenset({facts.media_type}))
            and (not self.states or facts.state in self.states)
        )

    @property
    def asks_time(self) -> bool:
        """Whether a photo without a date cannot match."""
        return bool(
            self.after or self.before or self.dates or self.months or self.weekdays or self.hours or self.seasons
        )

    def _admits_time(self, facts: PhotoFacts) -> bool:
        if not self.asks_time:
            return True
        if facts.captured is None:
            return False
        instant, local = facts.captured.instant, facts.captured.local
        return (
            (self.after is None or instant >= self.after)
            and (self.before is None or instant < self.before)
            and (not self.dates or any(span.first <= local.date() <= span.last for span in self.dates))
            and (not self.months or local.month in self.months)
            and (not self.weekdays or local.isoweekday() in self.weekdays)
            and (not self.hours or local.hour in self.hours)
            and (not self.seasons or season_of(local.month, facts.point) in self.seasons)
        )


@dataclass(frozen=True, slots=True)
class Visibility:
    """What to do with photos that are archived or trashed."""

    archived: Inclusion = Inclusion.EXCLUDED
    trashed: Inclusion = Inclusion.EXCLUDED

    def admits(self, *, archived: bool, trashed: bool) -> bool:
        """Whether a photo is seen."""
        return self.archived.admits(archived) and self.trashed.admits(trashed)


def season_of(month: int, point: Point | None) -> Season:
    """The season of a month where the photo was taken; the north if that is unknown."""
    quarter = month % 12 // 3  # 0 is winter in the north
    if point is not None and point.latitude < 0:
        quarter = (quarter + 2) % 4
    return (Season.WINTER, Season.SPRING, Season.SUMMER, Season.AUTUMN)[quarter]


def distance_km(one: Point, other: Point) -> float:
    """The way along the surface (haversine)."""
    latitude, longitude = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    chord = sin(latitude / 2) ** 2
    chord += cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(longitude / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(chord, 1.0)))


def _within(near: Near, point: Point) -> bool:
    return distance_km(near.centre, point) <= near.radius_km
