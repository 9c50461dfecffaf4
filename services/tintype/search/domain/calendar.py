"""Spans of days: months, seasons, weekends, and which one "last" means."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from tintype.search.domain.photo_filter import DateSpan, Season

YEARS_BACK: Final = 30  # "at Christmas" means every one of them; a filter holds 50 spans at most
_FIRST_MONTH: Final = {Season.SPRING: 3, Season.SUMMER: 6, Season.AUTUMN: 9, Season.WINTER: 12}


def year_span(year: int) -> DateSpan:
    """A whole year."""
    return DateSpan(date(year, 1, 1), date(year, 12, 31))


def month_span(year: int, month: int) -> DateSpan:
    """A whole month."""
    return DateSpan(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def day_span(day: date) -> DateSpan:
    """One day."""
    return DateSpan(day, day)


def week_span(day: date) -> DateSpan:
    """The week of a day, from Monday."""
    monday = day - timedelta(days=day.weekday())
    return DateSpan(monday, monday + timedelta(days=6))


def season_spans(season: Season, year: int) -> tuple[DateSpan, DateSpan]:
    """A season that begins in a year, in the north and in the south."""
    first = _FIRST_MONTH[season]
    return _quarter(year, first), _quarter(year, (first + 5) % 12 + 1)


def last_of(spans: Callable[[int], DateSpan | None], today: date) -> DateSpan | None:
    """The newest yearly span that is over, or that began if none is."""
    for year in range(today.year, today.year - YEARS_BACK, -1):
        span = spans(year)
        if span is not None and span.last < today:
            return span
    return None


def this_of(spans: Callable[[int], DateSpan | None], today: date) -> DateSpan | None:
    """The newest yearly span that has begun."""
    for year in range(today.year, today.year - YEARS_BACK, -1):
        span = spans(year)
        if span is not None and span.first <= today:
            return span
    return None


def every(spans: Callable[[int], DateSpan | None], today: date) -> tuple[DateSpan, ...]:
    """The yearly span of every year back to YEARS_BACK, newest first."""
    found = (spans(year) for year in range(today.year, today.year - YEARS_BACK, -1))
    return tuple(span for span in found if span is not None and span.first <= today)


def last_weekday(weekday: int, today: date) -> DateSpan:
    """The newest such day before today; 1 is Monday."""
    back = (today.isoweekday() - weekday - 1) % 7 + 1
    return day_span(today - timedelta(days=back))


def last_weekend(today: date) -> DateSpan:
    """The newest Saturday and Sunday that are over."""
    sunday = today - timedelta(days=today.isoweekday())
    return DateSpan(sunday - timedelta(days=1), sunday)


def safe_date(year: int, month: int, day: int) -> date | None:
    """A date, or None where there is no such day."""
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1] else None


def _quarter(year: int, first_month: int) -> DateSpan:
    last_year, last_month = (year + 1, first_month - 10) if first_month > 10 else (year, first_month + 2)
    return DateSpan(date(year, first_month, 1), month_span(last_year, last_month).last)
