"""Which photos of an owner are wanted."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import PhotoState
from tintype.catalog.domain.tag import tag_key

EARTH_RADIUS_KM: Final = 6371.0
NEAR_RADIUS_KM: Final = 10.0


class Season(StrEnum):
    """A quarter of the year by the weather, in whole months."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class Inclusion(StrEnum):
    """What to do with photos that are left out unless they are asked for."""

    LEFT_OUT = "left_out"
    INCLUDED = "included"
    ONLY = "only"


class PhotoOrder(StrEnum):
    """The time that orders photos."""

    CAPTURE_TIME = "capture_time"
    UPLOAD_TIME = "upload_time"


_MONTHS: Final = {
    Season.SPRING: (3, 4, 5),
    Season.SUMMER: (6, 7, 8),
    Season.AUTUMN: (9, 10, 11),
    Season.WINTER: (12, 1, 2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMatch:
    """Compares a set of words of a photo with what is asked for; empty parts let everything through."""

    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def matches(self, words: Iterable[str], key: Callable[[str], str] = str) -> bool:
        """Words are compared by what `key` makes of them."""
        if not (self.any_of or self.all_of or self.none_of):
            return True
        have = {key(word) for word in words}
        return (
            (not self.any_of or any(key(word) in have for word in self.any_of))
            and all(key(word) in have for word in self.all_of)
            and not any(key(word) in have for word in self.none_of)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A circle on the earth; a radius of 0 means 10 km."""

    latitude_deg: float
    longitude_deg: float
    radius_km: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DateSpan:
    """A run of days by local time, both ends included; ISO 8601."""

    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFilter:
    """Keeps photos; every field that is set must match."""

    after: datetime | None = None
    before: datetime | None = None
    months: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    seasons: tuple[Season, ...] = ()
    dates: tuple[DateSpan, ...] = ()
    places: SetMatch = SetMatch()
    near: Near | None = None
    cameras: SetMatch = SetMatch()
    tags: SetMatch = SetMatch()
    album_ids: SetMatch = SetMatch()
    favourite: bool | None = None
    min_rating: int = 0
    media_types: SetMatch = SetMatch()
    states: tuple[PhotoState, ...] = ()
    archived: Inclusion = Inclusion.LEFT_OUT
    trashed: Inclusion = Inclusion.LEFT_OUT

    def matches(self, photo: Photo) -> bool:
        """Whether the photo is kept; a deleted one never is."""
        return (
            photo.deletion is None
            and _let_in(photo.edits.archived, self.archived)
            and _let_in(photo.trash_time is not None, self.trashed)
            and (self.favourite is None or photo.edits.favourite == self.favourite)
            and photo.rating >= self.min_rating
            and (not self.states or photo.state in self.states)
            and self._matches_time(photo)
            and self._matches_words(photo)
            and (self.near is None or _is_near(photo, self.near))
        )

    def _matches_time(self, photo: Photo) -> bool:
        time = photo.capture_time
        local = time.local
        day = time.local_time[:10]
        return (
            (self.after is None or time.instant >= self.after)
            and (self.before is None or time.instant < self.before)
            and (not self.months or local.month in self.months)
            and (not self.weekdays or local.isoweekday() in self.weekdays)
            and (not self.hours or local.hour in self.hours)
            and (not self.seasons or _season(photo) in self.seasons)
            and (not self.dates or any(span.first <= day <= span.last for span in self.dates))
        )

    def _matches_words(self, photo: Photo) -> bool:
        place, camera = photo.place, photo.camera
        places = (place.name, place.city, place.region, place.country, place.country_code) if place else ()
        cameras = (camera.make, camera.model, f"{camera.make} {camera.model}") if camera else ()
        return (
            self.places.matches((word for word in places if word), folded)
            and self.cameras.matches((word for word in cameras if word), str.casefold)
            and self.tags.matches((tag.name for tag in photo.tags.shown), tag_key)
            and self.album_ids.matches(membership.album_id for membership in photo.memberships)
            and self.media_types.matches([photo.file.media_type])
        )


def folded(word: str) -> str:
    """A word without case and accents."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))
    return " ".join(plain.casefold().split())


def _let_in(is_so: bool, inclusion: Inclusion) -> bool:
    if inclusion is Inclusion.INCLUDED:
        return True
    return is_so == (inclusion is Inclusion.ONLY)


def _season(photo: Photo) -> Season:
    """By the hemisphere that the photo was taken in, the northern one if that is unknown."""
    month = photo.capture_time.local.month
    if photo.location is not None and photo.location.latitude_deg < 0:
        month = (month + 5) % 12 + 1
    return next(season for season, months in _MONTHS.items() if month in months)


def _is_near(photo: Photo, near: Near) -> bool:
    if photo.location is None:
        return False
    here, there = math.radians(near.latitude_deg), math.radians(photo.location.latitude_deg)
    along = math.radians(photo.location.longitude_deg - near.longitude_deg)
    half = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(along / 2) ** 2
    distance_km = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))
    return distance_km <= (near.radius_km or NEAR_RADIUS_KM)
