"""The options that keep photos, of `photos list` and `search`."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import typer

from tintype.v1 import photo_filter_pb2 as pb
from tintype.v1 import photo_pb2
from tintype_cli.exits import Exit, Stop

From = Annotated[str, typer.Option("--from", metavar="DATE", help="Taken on or after: 2023, 2023-07 or 2023-07-14.")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="Taken on or before: 2023, 2023-07 or 2023-07-14.")]
Months = Annotated[
    list[int] | None, typer.Option("--month", metavar="1-12", min=1, max=12, help="Taken in a month of any year.")
]
Weekdays = Annotated[
    list[int] | None, typer.Option("--weekday", metavar="1-7", min=1, max=7, help="1 is Monday, 7 is Sunday.")
]
Hours = Annotated[
    list[int] | None, typer.Option("--hour", metavar="0-23", min=0, max=23, help="Taken in this hour of the day.")
]
Seasons = Annotated[
    list[str] | None, typer.Option("--season", metavar="SEASON", help="spring, summer, autumn or winter.")
]
NearPoint = Annotated[str, typer.Option("--near", metavar="POINT", help="LATITUDE,LONGITUDE[,KM]; 10 km if not said.")]
Places = Annotated[
    list[str] | None, typer.Option("--place", metavar="PLACE", help="Taken in a place, city, region or country.")
]
Cameras = Annotated[list[str] | None, typer.Option("--camera", metavar="CAMERA", help="Make, model or both.")]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Has the tag; more than one: has all of them.")
]
NotTags = Annotated[list[str] | None, typer.Option("--not-tag", metavar="TAG", help="Has none of these tags.")]
AlbumNames = Annotated[
    list[str] | None, typer.Option("--album", metavar="ALBUM", help="Is in the album: its id or title.")
]
Favourite = Annotated[bool | None, typer.Option("--favourite/--not-favourite", help="Has the mark, or has it not.")]
MinRating = Annotated[int, typer.Option("--min-rating", min=0, max=5, help="Has at least so many stars.")]
MediaTypes = Annotated[list[str] | None, typer.Option("--media-type", metavar="TYPE", help="Such as image/jpeg.")]
Archived = Annotated[bool, typer.Option("--archived", help="Archived photos too.")]
Trashed = Annotated[bool, typer.Option("--trashed", help="Photos in the trash, and only these.")]

_DATE: Final = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the options said."""

    first: str = ""
    last: str = ""
    months: list[int] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)
    seasons: list[str] = field(default_factory=list)
    near: str = ""
    places: list[str] = field(default_factory=list)
    cameras: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    not_tags: list[str] = field(default_factory=list)
    favourite: bool | None = None
    min_rating: int = 0
    media_types: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    archived: bool = False
    trashed: bool = False


def filter_of(choice: Choice) -> pb.PhotoFilter:
    """The filter of the contract. Raises Stop for what cannot be understood."""
    made = pb.PhotoFilter(
        months=choice.months,
        weekdays=choice.weekdays,
        hours=choice.hours,
        seasons=[_full_name(pb.Season.keys(), "SEASON_", season) for season in choice.seasons],
        states=[_full_name(photo_pb2.PhotoState.keys(), "PHOTO_STATE_", state) for state in choice.states],
        favourite=choice.favourite,
        min_rating=choice.min_rating,
        archived=pb.INCLUSION_INCLUDED if choice.archived else pb.INCLUSION_UNSPECIFIED,
        trashed=pb.INCLUSION_ONLY if choice.trashed else pb.INCLUSION_UNSPECIFIED,
    )
    for match, values in (
        (made.places, pb.SetMatch(any_of=choice.places)),
        (made.cameras, pb.SetMatch(any_of=choice.cameras)),
        (made.media_types, pb.SetMatch(any_of=choice.media_types)),
        (made.tags, pb.SetMatch(all_of=choice.tags, none_of=choice.not_tags)),
    ):
        if values.ByteSize():  # touching a part sets it, and a filter that is set is something to search for
            match.CopyFrom(values)
    if choice.first or choice.last:
        first = day(choice.first, "--from", last=False) if choice.first else "0001-01-01"
        last = day(choice.last, "--to", last=True) if choice.last else "9999-12-31"
        made.dates.add(first=first, last=last)
    if choice.near:
        made.near.CopyFrom(near(choice.near))
    return made


def day(text: str, option: str, *, last: bool) -> str:
    """The first or last day of a year, month or day, as ISO 8601. Raises Stop."""
    match = _DATE.match(text)
    if match is None:
        raise Stop(f"{option} {text} is no date: write 2023, 2023-07 or 2023-07-14.", Exit.USAGE)
    year, month, date = int(match[1]), int(match[2] or (12 if last else 1)), match[3]
    if not 1 <= year <= 9999 or not 1 <= month <= 12:
        raise Stop(f"{option} {text} is no date: there is no such month.", Exit.USAGE)
    longest = calendar.monthrange(year, month)[1]
    number = int(date) if date else (longest if last else 1)
    if not 1 <= number <= longest:
        raise Stop(f"{option} {text} is no date: that month has {longest} days.", Exit.USAGE)
    return f"{year:04}-{month:02}-{number:02}"


def near(text: str) -> pb.Near:
    """A circle from LATITUDE,LONGITUDE[,KM]. Raises Stop."""
    try:
        numbers = [float(part) for part in text.split(",")]
        latitude, longitude = numbers[:2]
        radius = numbers[2] if len(numbers) == 3 else 0
    except ValueError:
        numbers = []
    if not 2 <= len(numbers) <= 3 or abs(latitude) > 90 or abs(longitude) > 180 or not 0 <= radius <= 20000:
        raise Stop(f"--near {text} is no point: write LATITUDE,LONGITUDE or LATITUDE,LONGITUDE,KM.", Exit.USAGE)
    return pb.Near(latitude_deg=latitude, longitude_deg=longitude, radius_km=radius)


def point(text: str) -> tuple[float, float]:
    """LATITUDE,LONGITUDE. Raises Stop."""
    circle = near(text)
    return circle.latitude_deg, circle.longitude_deg


def _full_name(names: Sequence[str], prefix: str, word: str) -> str:
    """The name of an enum's value that a user wrote in short. Raises Stop."""
    words = {name.removeprefix(prefix).lower(): name for name in names if not name.endswith("_UNSPECIFIED")}
    if word.lower() not in words:
        raise Stop(f"{word} is none of {', '.join(words)}.", Exit.USAGE)
    return words[word.lower()]
