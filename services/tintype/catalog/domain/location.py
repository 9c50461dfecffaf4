"""Where and with what a photo was taken."""

from __future__ import annotations

from dataclasses import dataclass

from tintype.catalog.domain.source import ValueSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A point on the earth (WGS 84); `altitude_m` is 0 if unknown."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float = 0.0
    source: ValueSource = ValueSource.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What lies at a location; `city` is the nearest one of 200,000 people or more, empty if none is near."""

    name: str
    distance_km: float
    city: str = ""
    city_distance_km: float = 0.0
    region: str = ""
    country: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """What took a photo and how it was set; anything unknown is empty or 0."""

    make: str = ""
    model: str = ""
    lens: str = ""
    exposure_time_s: float = 0.0
    f_number: float = 0.0
    iso: int = 0
    focal_length_mm: float = 0.0
