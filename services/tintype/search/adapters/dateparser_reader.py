"""DateReader on dateparser and holidays: explicit languages only, warmed before the first query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

import holidays
from dateparser.date import DateDataParser

from tintype.search.domain.calendar import day_span, month_span, week_span, year_span
from tintype.search.domain.photo_filter import DateSpan

LANGUAGES: Final = ("en", "de", "es", "fr")
# Country, categories and the names of the first and the last day, as the library says them in English.
_HOLIDAYS: Final[Mapping[str, tuple[str, str, str]]] = {
    "christmas": ("SE", "Christmas Day", "Second Day of Christmas"),
    "christmas eve": ("US", "Christmas Eve", "Christmas Eve"),
    "new year's eve": ("US", "New Year's Eve", "New Year's Eve"),
    "new year": ("US", "New Year's Day", "New Year's Day"),
    "easter": ("SE", "Good Friday", "Easter Monday"),
    "halloween": ("US", "Halloween", "Halloween"),
    "thanksgiving": ("US", "Thanksgiving Day", "Thanksgiving Day"),
    "valentine's day": ("US", "Valentine's Day", "Valentine's Day"),
    "independence day": ("US", "Independence Day", "Independence Day"),
    "mother's day": ("US", "Mother's Day", "Mother's Day"),
    "father's day": ("US", "Father's Day", "Father's Day"),
    "epiphany": ("SE", "Epiphany", "Epiphany"),
    "bastille day": ("FR", "National Day", "National Day"),
}
_CATEGORIES: Final = {"US": ("public", "unofficial")}
_EVE: Final = {"christmas": "christmas eve"}  # at Christmas begins the evening before


class DateparserReader:
    """DateReader with a parser for each language, the earlier languages first."""

    def __init__(self) -> None:
        self._days = lru_cache(256)(_days_of)
        self._parsers = lru_cache(64)(_parser)
        for language in LANGUAGES:  # the first parse of a language reads its tables, some 40 ms
            self.read("1. 1. 2000", languages=(language,), today=date(2000, 1, 2))
        self.holiday("christmas", 2000)

    def read(self, text: str, *, languages: Sequence[str], today: date) -> DateSpan | None:
        for language in languages:
            found = self._parsers(language, today).get_date_data(text)
            if found.date_obj is not None:
                return _span(found.date_obj.date(), found.period)
        return None

    def holiday(self, name: str, year: int) -> DateSpan | None:
        if name not in _HOLIDAYS:
            return None
        country, first, last = _HOLIDAYS[name]
        days = self._days(country, year)
        if first not in days or last not in days:
            return None
        begin = self.holiday(_EVE[name], year) if name in _EVE else None
        return DateSpan(begin.first if begin else days[first], days[last])


def _parser(language: str, today: date) -> DateDataParser:
    settings = {"RELATIVE_BASE": datetime.combine(today, time(12)), "PREFER_DATES_FROM": "past"}
    return DateDataParser(languages=[language], settings=settings)


def _days_of(country: str, year: int) -> Mapping[str, date]:
    categories = _CATEGORIES.get(country, ("public",))
    found = holidays.country_holidays(country, years=year, categories=categories, language="en_US", observed=False)
    return {name: day for day, names in found.items() for name in names.split("; ")}


def _span(day: date, period: str) -> DateSpan:
    if period == "year":
        return year_span(day.year)
    if period == "month":
        return month_span(day.year, day.month)
    return week_span(day) if period == "week" else day_span(day)
