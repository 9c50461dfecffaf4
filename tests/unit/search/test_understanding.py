"""What runs of words become filters, in four languages; today is Thursday, 15 August 2024."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tintype.search.adapters.dateparser_reader import DateparserReader
from tintype.search.domain.photo_filter import DateSpan, PhotoFilter, Season, SetMatch
from tintype.search.domain.query import FacetValue, OwnerTerms
from tintype.search.domain.understanding import Understanding
from tintype.search.service.understanding import Understander

NOW = datetime(2024, 8, 15, 12, tzinfo=UTC)
TERMS = OwnerTerms(
    places=tuple(
        FacetValue(name, 3)
        for name in ("Lund", "Malmö", "Skåne", "Sweden", "München", "Germany", "New York", "Nice", "Essen", "Sevilla")
    ),
    cities=tuple(FacetValue(name, 3) for name in ("Lund", "Malmö", "München", "New York", "Nice", "Essen", "Sevilla")),
    cameras=(FacetValue("Canon EOS 5D", 2), FacetValue("Apple iPhone 12", 1), FacetValue("NIKON", 1)),
)
NIGHT = frozenset({21, 22, 23, 0, 1, 2, 3, 4})
MORNING = frozenset(range(5, 12))
EVENING = frozenset(range(17, 23))
AFTERNOON = frozenset(range(12, 18))


def on(first: str, last: str = "") -> PhotoFilter:
    """Photos of a span of days."""
    return PhotoFilter(dates=(DateSpan(date.fromisoformat(first), date.fromisoformat(last or first)),))


def season(which: Season, *spans: tuple[str, str]) -> PhotoFilter:
    """Photos of a season, of any year or in spans."""
    dates = tuple(DateSpan(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans)
    return PhotoFilter(seasons=frozenset({which}), dates=dates)


def at(hours: frozenset[int]) -> PhotoFilter:
    return PhotoFilter(hours=hours)


def days(*weekdays: int) -> PhotoFilter:
    return PhotoFilter(weekdays=frozenset(weekdays))


def month(number: int) -> PhotoFilter:
    return PhotoFilter(months=frozenset({number}))


def place(name: str) -> PhotoFilter:
    return PhotoFilter(places=SetMatch.folded(any_of=[name]))


def camera(name: str) -> PhotoFilter:
    return PhotoFilter(cameras=SetMatch.folded(any_of=[name]))


SUMMER_2023 = season(Season.SUMMER, ("2023-06-01", "2023-08-31"), ("2023-12-01", "2024-02-29"))
WINTER_2022 = season(Season.WINTER, ("2022-12-01", "2023-02-28"), ("2022-06-01", "2022-08-31"))
CHRISTMAS_2023 = on("2023-12-24", "2023-12-26")

QUERIES: list[tuple[str, str, list[PhotoFilter]]] = [
    # seasons
    ("summer 2023", "", [SUMMER_2023]),
    ("Sommer 2023", "", [SUMMER_2023]),
    ("verano de 2023", "", [SUMMER_2023]),
    ("l'été 2023", "", [SUMMER_2023]),
    ("winter of 2022 skiing", "skiing", [WINTER_2022]),
    ("beach photos from summer", "beach photos", [season(Season.SUMMER)]),
    ("Strand im Sommer", "Strand", [season(Season.SUMMER)]),
    ("playa en verano", "playa", [season(Season.SUMMER)]),
    ("la plage en été", "la plage", [season(Season.SUMMER)]),
    ("neige d'hiver", "neige", [season(Season.WINTER)]),
    ("letzten Sommer", "", [SUMMER_2023]),
    ("last summer", "", [SUMMER_2023]),
    ("el verano pasado", "", [SUMMER_2023]),
    ("l'été dernier", "", [SUMMER_2023]),
    ("this summer", "", [season(Season.SUMMER, ("2024-06-01", "2024-08-31"), ("2024-12-01", "2025-02-28"))]),
    ("summer", "", [season(Season.SUMMER)]),
    ("summer dress", "summer dress", []),
    ("autumn leaves", "autumn leaves", []),
    ("a lady in winter clothes", "a lady in winter clothes", []),
    ("a lady in winter with a dog", "a lady with a dog", [season(Season.WINTER)]),
    ("a tree in front of a christmas tree", "a tree in front of a christmas tree", []),
    ("a skier after taking a night jump", "a skier after taking a night jump", []),
    ("spring flowers in spring", "spring flowers", [season(Season.SPRING)]),
    # months
    ("may 2021", "", [on("2021-05-01", "2021-05-31")]),
    ("im Juli 2022", "", [on("2022-07-01", "2022-07-31")]),
    ("Hund im Juli 2022", "Hund", [on("2022-07-01", "2022-07-31")]),
    ("julio de 2022", "", [on("2022-07-01", "2022-07-31")]),
    ("en juillet 2022", "", [on("2022-07-01", "2022-07-31")]),
    ("Feb 2020", "", [on("2020-02-01", "2020-02-29")]),
    ("march of the penguins", "march of the penguins", []),
    ("may flowers", "may flowers", []),
    ("cat in July", "cat", [month(7)]),
    ("Katze im März", "Katze", [month(3)]),
    ("fotos de agosto", "", [month(8)]),
    ("photos d'août", "", [month(8)]),
    ("photos from October 2022", "", [on("2022-10-01", "2022-10-31")]),
    ("last March", "", [on("2024-03-01", "2024-03-31")]),
    ("mars dernier", "", [on("2024-03-01", "2024-03-31")]),
    ("letzten Dezember", "", [on("2023-12-01", "2023-12-31")]),
    # days
    ("3 May 2021", "", [on("2021-05-03")]),
    ("May 3rd, 2021", "", [on("2021-05-03")]),
    ("am 3. Mai 2021", "", [on("2021-05-03")]),
    ("3 de mayo de 2021", "", [on("2021-05-03")]),
    ("le 1er janvier 2020", "", [on("2020-01-01")]),
    ("2021-05-03", "", [on("2021-05-03")]),
    ("receipt 03.05.2021", "receipt", [on("2021-05-03")]),
    # years
    ("paris 2019", "paris", [on("2019-01-01", "2019-12-31")]),
    ("dogs in 2021", "dogs", [on("2021-01-01", "2021-12-31")]),
    ("2019 to 2021", "", [on("2019-01-01", "2021-12-31")]),
    ("von 2019 bis 2021", "", [on("2019-01-01", "2021-12-31")]),
    ("2019-2021 hiking", "hiking", [on("2019-01-01", "2021-12-31")]),
    ("the 1990s", "", [on("1990-01-01", "1999-12-31")]),
    ("room 2099", "room 2099", []),
    # relative
    ("vor zwei Jahren", "", [on("2022-01-01", "2022-12-31")]),
    ("two years ago", "", [on("2022-01-01", "2022-12-31")]),
    ("hace dos años", "", [on("2022-01-01", "2022-12-31")]),
    ("il y a deux ans", "", [on("2022-01-01", "2022-12-31")]),
    ("yesterday", "", [on("2024-08-14")]),
    ("gestern", "", [on("2024-08-14")]),
    ("ayer", "", [on("2024-08-14")]),
    ("hier", "", [on("2024-08-14")]),
    ("cake last year", "cake", [on("2023-01-01", "2023-12-31")]),
    ("letztes Jahr", "", [on("2023-01-01", "2023-12-31")]),
    ("el año pasado", "", [on("2023-01-01", "2023-12-31")]),
    ("l'année dernière", "", [on("2023-01-01", "2023-12-31")]),
    ("last month", "", [on("2024-07-01", "2024-07-31")]),
    ("la semana pasada", "", [on("2024-08-05", "2024-08-11")]),
    ("last supper", "last supper", []),
    ("the last of us", "the last of us", []),
    # weekdays and weekends
    ("on Mondays", "", [days(1)]),
    ("market on Saturday", "market", [days(6)]),
    ("montags", "", [days(1)]),
    ("am Sonntag", "", [days(7)]),
    ("los lunes", "", [days(1)]),
    ("le dimanche", "", [days(7)]),
    ("Friday", "Friday", []),
    ("Sunday roast", "Sunday roast", []),
    ("last monday", "", [on("2024-08-12")]),
    ("lundi dernier", "", [on("2024-08-12")]),
    ("weekend", "", [days(6, 7)]),
    ("am Wochenende", "", [days(6, 7)]),
    ("fin de semana", "", [days(6, 7)]),
    ("le week-end", "", [days(6, 7)]),
    ("last weekend", "", [on("2024-08-10", "2024-08-11")]),
    # hours
    ("birthday at night", "birthday", [at(NIGHT)]),
    ("Geburtstag nachts", "Geburtstag", [at(NIGHT)]),
    ("cumpleaños por la noche", "cumpleaños", [at(NIGHT)]),
    ("anniversaire la nuit", "anniversaire", [at(NIGHT)]),
    ("morning", "", [at(MORNING)]),
    ("in the morning", "", [at(MORNING)]),
    ("am Abend", "", [at(EVENING)]),
    ("por la tarde", "", [at(AFTERNOON)]),
    ("le soir", "", [at(EVENING)]),
    ("night sky", "night sky", []),
    # holidays
    ("last Christmas", "", [CHRISTMAS_2023]),
    ("letztes Weihnachten", "", [CHRISTMAS_2023]),
    ("la Navidad pasada", "", [CHRISTMAS_2023]),
    ("Noël dernier", "", [CHRISTMAS_2023]),
    ("Christmas 2021", "", [on("2021-12-24", "2021-12-26")]),
    ("Ostern 2023", "", [on("2023-04-07", "2023-04-10")]),
    ("Halloween 2022 costume", "costume", [on("2022-10-31")]),
    ("new year's eve 2019", "", [on("2019-12-31")]),
    ("Thanksgiving 2023", "", [on("2023-11-23")]),
    ("christmas tree", "christmas tree", []),
    # places and cameras
    ("in Lund", "", [place("Lund")]),
    ("dog in Lund", "dog", [place("Lund")]),
    ("Lund", "", [place("Lund")]),
    ("aus München", "", [place("München")]),
    ("Bier in Munchen", "Bier", [place("München")]),
    ("near New York", "", [place("New York")]),
    ("en Sevilla", "", [place("Sevilla")]),
    ("à Nice", "", [place("Nice")]),
    ("nice dog", "nice dog", []),
    ("essen", "essen", []),
    ("in Essen", "", [place("Essen")]),
    ("sweden", "sweden", []),
    ("summer in Sweden", "", [season(Season.SUMMER), place("Sweden")]),
    ("summer dress in Sweden", "summer dress", [place("Sweden")]),
    ("in Paris", "in Paris", []),
    ("Canon EOS 5D sunset", "sunset", [camera("Canon EOS 5D")]),
    ("dog with Nikon", "dog", [camera("NIKON")]),
    # several
    ("beach in Malmö last summer", "beach", [place("Malmö"), SUMMER_2023]),
    ("in Lund im Juli 2022", "", [place("Lund"), on("2022-07-01", "2022-07-31")]),
    ("birthday at night in 2021", "birthday", [at(NIGHT), on("2021-01-01", "2021-12-31")]),
]


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander(DateparserReader())


def understand(understander: Understander, text: str) -> Understanding:
    return understander.understand(text, terms=TERMS, languages=(), now=NOW)


@pytest.mark.parametrize(("text", "remaining", "filters"), QUERIES, ids=[text for text, _, _ in QUERIES])
def test_query_is_understood(understander: Understander, text: str, remaining: str, filters: list[PhotoFilter]) -> None:
    found = understand(understander, text)
    assert [part.filter for part in found.parts] == filters
    assert found.remaining == remaining


@pytest.mark.parametrize("text", ["at Christmas", "an Weihnachten", "en Navidad", "à Noël"])
def test_holiday_with_a_preposition_means_every_year(understander: Understander, text: str) -> None:
    (part,) = understand(understander, text).parts
    assert DateSpan(date(2019, 12, 24), date(2019, 12, 26)) in part.filter.dates
    assert len(part.filter.dates) <= 50


def test_parts_say_which_characters_they_are(understander: Understander) -> None:
    text = "🎂 birthday in Lund, summer 2023"
    found = understand(understander, text)
    assert [text[part.start : part.end] for part in found.parts] == [part.words for part in found.parts]
    assert [part.words for part in found.parts] == ["in Lund", "summer 2023"]
    assert found.remaining == "🎂 birthday"


def test_only_the_languages_asked_for_are_read(understander: Understander) -> None:
    found = understander.understand("letzten Sommer", terms=TERMS, languages=("en",), now=NOW)
    assert found.parts == ()


def test_words_of_nobodys_photos_are_no_places(understander: Understander) -> None:
    found = understander.understand("in Lund", terms=OwnerTerms(), languages=(), now=NOW)
    assert found.parts == ()
