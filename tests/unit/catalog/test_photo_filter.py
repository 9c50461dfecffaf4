"""Which photos a filter keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders import make_capture_time, make_metadata, make_photo

from tintype.catalog.domain.location import Location
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import DateSpan, Near, PhotoFilter, Season, SetMatch

PHOTO = make_photo(metadata=make_metadata())  # a Friday, 14 July 2023, 18:03 in Lund


def southern(photo: Photo) -> Photo:
    return replace(photo, metadata=make_metadata(location=Location(latitude_deg=-33, longitude_deg=151)))


@pytest.mark.parametrize(
    "wanted",
    [
        PhotoFilter(months=(7,)),
        PhotoFilter(weekdays=(5,)),
        PhotoFilter(hours=(18,)),
        PhotoFilter(seasons=(Season.SUMMER,)),
        PhotoFilter(dates=(DateSpan(first="2023-07-14", last="2023-07-14"),)),
        PhotoFilter(places=SetMatch(any_of=("malmo",))),
        PhotoFilter(places=SetMatch(all_of=("se", "SKANE"))),
        PhotoFilter(near=Near(latitude_deg=55.71, longitude_deg=13.19)),
        PhotoFilter(cameras=SetMatch(any_of=("ACME one",))),
        PhotoFilter(min_rating=3),
        PhotoFilter(tags=SetMatch(none_of=("dog",))),
    ],
)
def test_it_keeps_what_matches(wanted: PhotoFilter) -> None:
    assert wanted.matches(PHOTO)


@pytest.mark.parametrize(
    "wanted",
    [
        PhotoFilter(months=(6, 8)),
        PhotoFilter(weekdays=(4,)),
        PhotoFilter(hours=(16,)),
        PhotoFilter(seasons=(Season.WINTER,)),
        PhotoFilter(dates=(DateSpan(first="2023-07-15", last="2023-07-20"),)),
        PhotoFilter(places=SetMatch(any_of=("Paris",))),
        PhotoFilter(places=SetMatch(none_of=("Sweden",))),
        PhotoFilter(near=Near(latitude_deg=55.71, longitude_deg=13.19, radius_km=0.1)),
        PhotoFilter(cameras=SetMatch(all_of=("Acme", "Two"))),
        PhotoFilter(min_rating=4),
        PhotoFilter(favourite=True),
        PhotoFilter(tags=SetMatch(any_of=("dog",))),
    ],
)
def test_it_leaves_out_what_does_not(wanted: PhotoFilter) -> None:
    assert not wanted.matches(PHOTO)


def test_seasons_turn_round_in_the_south() -> None:
    assert PhotoFilter(seasons=(Season.WINTER,)).matches(southern(PHOTO))
    december = make_metadata(capture_time=make_capture_time("2023-12-24T12:00:00"))
    assert PhotoFilter(seasons=(Season.WINTER,)).matches(replace(PHOTO, metadata=december))


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_lies_in_one_season(month: int) -> None:
    time = make_capture_time(f"2023-{month:02}-15T12:00:00")
    photo = replace(PHOTO, metadata=make_metadata(capture_time=time))
    for each in (photo, replace(southern(photo), metadata=make_metadata(capture_time=time))):
        assert sum(PhotoFilter(seasons=(season,)).matches(each) for season in Season) == 1


def test_a_photo_without_a_place_is_near_nothing() -> None:
    assert not PhotoFilter(near=Near(latitude_deg=0, longitude_deg=0, radius_km=20_000)).matches(make_photo())
