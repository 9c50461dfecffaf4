"""Phrases of dates: what begins at a word of a query, and which photos it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from tintype.search.domain.calendar import (
    day_span,
    every,
    last_of,
    last_weekday,
    last_weekend,
    month_span,
    safe_date,
    season_spans,
    this_of,
    year_span,
)
from tintype.search.domain.photo_filter import DateSpan, PhotoFilter, Season
from tintype.search.domain.understanding import PartKind
from tintype.search.ports import DateReader
from tintype.search.service.phrases import Found, Need, Query

WEEKEND: Final = frozenset({6, 7})
_LONGEST_RELATIVE: Final = 6  # words: "il y a deux ans" has five
_LONGEST_NUMERIC: Final = 3


class DatePhrases:
    """Reads months, seasons, weekdays, hours, holidays, years and relative dates."""

    def __init__(self, reader: DateReader) -> None:
        self._reader = reader

    def at(self, query: Query, index: int) -> Iterator[Found]:
        """The phrases that begin at a word, the most telling first."""
        for read in (
            self._numeric,
            _day_of_month,
            _month_and_year,
            self._holiday,
            _season,
            _weekend,
            self._relative,
            _month,
            _weekday,
            _hours,
            _years,
        ):
            found = read(query, index)
            if found is not None:
                yield found

    def _numeric(self, query: Query, index: int) -> Found | None:
        """2021-05-03, 3.5.2021, 5/6/2021."""
        end = index + _LONGEST_NUMERIC
        parts = query.words[index:end]
        if len(parts) < _LONGEST_NUMERIC or not all(part.isdecimal() for part in parts):
            return None
        if {query.between(index).strip(), query.between(index + 1).strip()} not in ({"-"}, {"."}, {"/"}):
            return None
        text = query.text[query.starts[index] : query.ends[end - 1]]
        dotted = query.between(index).strip() == "."  # nobody puts dots between the month and the day in that order
        languages = sorted(query.languages, key="en".__eq__) if dotted else query.languages
        span = self._reader.read(text, languages=languages, today=query.today)
        return _dated(index, end, span) if span else None

    def _relative(self, query: Query, index: int) -> Found | None:
        """Two weeks ago, vor zwei Jahren, el mes pasado, hier."""
        lexicon = query.lexicon
        end = index
        while end < len(query.words) and end - index < _LONGEST_RELATIVE:
            word = query.words[end]
            if word not in lexicon.relative and (word,) not in lexicon.numbers and not word.isdecimal():
                break
            end += 1
        for stop in range(end, index, -1):
            words = query.words[index:stop]
            if lexicon.anchors.isdisjoint(words):
                continue
            plain = " ".join(str(lexicon.numbers.get((word,), word)) for word in words)
            typed = query.text[query.starts[index] : query.ends[stop - 1]]
            for text in dict.fromkeys((typed, plain)):
                span = self._reader.read(text, languages=query.languages, today=query.today)
                if span:
                    return _dated(index, stop, span)
        return None

    def _holiday(self, query: Query, index: int) -> Found | None:
        start, modifier = _modifier(query, index)
        holiday = query.longest(query.lexicon.holidays, start)
        if holiday is None:
            return None
        name, end = holiday

        def spans(year: int) -> DateSpan | None:
            return self._reader.holiday(name, year)

        return _yearly(query, index, end, modifier, spans, PartKind.HOLIDAY)


def _yearly(
    query: Query,
    index: int,
    end: int,
    modifier: str,
    spans: Callable[[int], DateSpan | None],
    kind: PartKind,
) -> Found | None:
    """Something that comes every year: of a year, the last one, this one, or all of them."""
    year, year_end = _year_after(query, end)
    if year is not None:
        span = spans(year)
        return _dated(index, year_end, span, kind) if span else None
    modifier, end = _modifier_after(query, modifier, end)
    if modifier:
        span = (last_of if modifier == "last" else this_of)(spans, query.today)
        return _dated(index, end, span, kind) if span else None
    return Found(index, end, kind, PhotoFilter(dates=every(spans, query.today)), Need.PREPOSITION_OR_ALONE)


def _season(query: Query, index: int) -> Found | None:
    """Summer 2023, last summer, in summer; by the hemisphere that each photo was taken in."""
    start, modifier = _modifier(query, index)
    named = query.longest(query.lexicon.seasons, start)
    if named is None:
        return None
    season, end = Season(named[0]), named[1]

    def north(year: int) -> DateSpan:
        return season_spans(season, year)[0]

    year, year_end = _year_after(query, end)
    modifier, end = _modifier_after(query, modifier, end)
    if year is None and modifier:
        span = (last_of if modifier == "last" else this_of)(north, query.today)
        year, year_end = (span.first.year if span else None), end
    if year is None:
        kept = PhotoFilter(seasons=frozenset({season}))
        return Found(index, end, PartKind.SEASON, kept, Need.PREPOSITION_OR_ALONE)
    kept = PhotoFilter(seasons=frozenset({season}), dates=season_spans(season, year))
    return Found(index, year_end, PartKind.SEASON, kept)


def _month_and_year(query: Query, index: int) -> Found | None:
    """May 2021, julio de 2022, last March."""
    start, modifier = _modifier(query, index)
    named = query.longest(query.lexicon.months, start) or query.longest(query.lexicon.short_months, start)
    if named is None:
        return None
    month, end = named
    year, year_end = _year_after(query, end)
    if year is not None:
        return _dated(index, year_end, month_span(year, month))
    modifier, end = _modifier_after(query, modifier, end)
    if not modifier:
        return None
    span = (last_of if modifier == "last" else this_of)(lambda year: month_span(year, month), query.today)
    return _dated(index, end, span) if span else None


def _month(query: Query, index: int) -> Found | None:
    """In July: of any year."""
    named = query.longest(query.lexicon.months, index)
    if named is None:
        return None
    kept = PhotoFilter(months=frozenset({named[0]}))
    return Found(index, named[1], PartKind.MONTH, kept, Need.PREPOSITION)


def _day_of_month(query: Query, index: int) -> Found | None:
    """3 May 2021, May 3rd, 3. Mai; without a year, of any."""
    months = {**query.lexicon.short_months, **query.lexicon.months}
    day = query.number(index)
    if day is not None:
        after = index + 2 if query.word(index + 1) in query.lexicon.of else index + 1
        named = query.longest(months, after)
        month, end = named or (None, index)
    else:
        named = query.longest(months, index)
        month, end = named or (None, index)
        day, end = query.number(end), end + 1
    if month is None or day is None or safe_date(2024, month, day) is None:  # a leap year
        return None
    year, year_end = _year_after(query, end)
    if year is not None:
        exact = safe_date(year, month, day)
        return _dated(index, year_end, day_span(exact)) if exact else None
    if safe_date(query.today.year, month, day) is None:
        return None

    def spans(year: int) -> DateSpan | None:
        exact = safe_date(year, month, day)
        return day_span(exact) if exact else None

    kept = PhotoFilter(dates=every(spans, query.today))
    return Found(index, end, PartKind.DATE, kept)


def _weekend(query: Query, index: int) -> Found | None:
    """Weekend, last weekend."""
    start, modifier = _modifier(query, index)
    named = query.longest(query.lexicon.weekends, start)
    if named is None:
        return None
    modifier, end = _modifier_after(query, modifier, named[1])
    if modifier == "last":
        return _dated(index, end, last_weekend(query.today))
    return Found(index, end, PartKind.WEEKDAY, PhotoFilter(weekdays=WEEKEND))


def _weekday(query: Query, index: int) -> Found | None:
    """On Mondays, montags, lundi dernier."""
    start, modifier = _modifier(query, index)
    adverb = query.longest(query.lexicon.weekday_adverbs, start)
    named = adverb or query.longest(query.lexicon.weekdays, start)
    if named is None:
        return None
    modifier, end = _modifier_after(query, modifier, named[1])
    if modifier:
        return _dated(index, end, last_weekday(named[0], query.today))
    need = Need.NOTHING if adverb else Need.PREPOSITION
    kept = PhotoFilter(weekdays=frozenset({named[0]}))
    return Found(index, end, PartKind.WEEKDAY, kept, need)


def _hours(query: Query, index: int) -> Found | None:
    """At night; a bare morning only if nothing else is asked for."""
    phrase = query.longest(query.lexicon.hours, index)
    if phrase is not None:
        return Found(index, phrase[1], PartKind.HOUR, PhotoFilter(hours=phrase[0]))
    bare = query.longest(query.lexicon.bare_hours, index)
    if bare is None:
        return None
    return Found(index, bare[1], PartKind.HOUR, PhotoFilter(hours=bare[0]), Need.PREPOSITION_OR_ALONE)


def _years(query: Query, index: int) -> Found | None:
    """2021, 2019 to 2021, 2019 or 2021, the 1990s."""
    first = query.year(index)
    if first is None:
        decade = _decade(query, index)
        return _dated(index, index + 1, decade) if decade else None
    joined = query.between(index).strip() in ("-", "–", "—")
    after = index + 1 if joined else index + 2
    second = query.year(after)
    if second is not None and second > first:
        if joined or query.word(index + 1) in query.lexicon.joiners:
            return _dated(index, after + 1, DateSpan(date(first, 1, 1), date(second, 12, 31)))
        if query.word(index + 1) in query.lexicon.alternatives:
            kept = PhotoFilter(dates=(year_span(first), year_span(second)))
            return Found(index, after + 1, PartKind.DATE, kept)
    return _dated(index, index + 1, year_span(first))


def _decade(query: Query, index: int) -> DateSpan | None:
    word = query.word(index)
    digits = word.removesuffix("s").removesuffix("er")
    if digits == word or not digits.isdecimal() or len(digits) not in (2, 4) or digits[-1] != "0":
        return None
    first = int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) > query.today.year % 100 else 2000)
    return DateSpan(date(first, 1, 1), date(first + 9, 12, 31)) if 1900 <= first <= query.today.year else None


def _dated(start: int, end: int, span: DateSpan, kind: PartKind = PartKind.DATE) -> Found:
    return Found(start, end, kind, PhotoFilter(dates=(span,)))


def _modifier(query: Query, index: int) -> tuple[int, str]:
    """Last or this before a word: where what it belongs to begins, and which it is."""
    if query.word(index) in query.lexicon.last_before:
        return index + 1, "last"
    if query.word(index) in query.lexicon.this_before:
        return index + 1, "this"
    return index, ""


def _modifier_after(query: Query, modifier: str, end: int) -> tuple[str, int]:
    if not modifier and query.word(end) in query.lexicon.last_after:
        return "last", end + 1
    return modifier, end


def _year_after(query: Query, index: int) -> tuple[int | None, int]:
    """A year that follows, with or without "of" between."""
    after = index + 1 if query.word(index) in query.lexicon.of else index
    year = query.year(after)
    return (year, after + 1) if year is not None else (None, index)
