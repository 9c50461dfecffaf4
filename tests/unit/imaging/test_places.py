"""Names of points, offline."""

from __future__ import annotations

import math

import pytest

from tintype.imaging.places import Gazetteer


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


async def test_a_point_in_a_suburb_knows_its_city_too(gazetteer: Gazetteer) -> None:
    place = await gazetteer.place_of(48.8584, 2.2945)
    assert place is not None
    assert (place.city, place.country, place.country_code, place.region) == ("Paris", "France", "FR", "Île-de-France")
    assert place.distance_km < 5
    assert 2 < place.city_distance_km < 6


async def test_a_town_far_from_every_city_has_no_city(gazetteer: Gazetteer) -> None:
    place = await gazetteer.place_of(67.8558, 20.2253)
    assert place is not None
    assert (place.name, place.city, place.city_distance_km) == ("Kiruna", "", 0.0)


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, -30.0), (math.nan, 5.0), (95.0, 5.0), (5.0, 181.0)])
async def test_nothing_is_named_in_mid_ocean_or_off_the_earth(
    gazetteer: Gazetteer, latitude: float, longitude: float
) -> None:
    assert await gazetteer.place_of(latitude, longitude) is None


async def test_the_date_line_divides_nothing(gazetteer: Gazetteer) -> None:
    place = await gazetteer.place_of(63.06, -179.9)
    assert place is not None
    assert place.name == "Beringovskiy"  # at 179.35 east
    assert 30 < place.distance_km < 45


async def test_near_the_pole_a_degree_of_longitude_is_short(gazetteer: Gazetteer) -> None:
    place = await gazetteer.place_of(78.22, 16.5)  # 20 km east of Longyearbyen
    assert place is not None
    assert place.name == "Longyearbyen"
    assert 10 < place.distance_km < 30
