"""The words of dates and places in four languages, folded, and which of them stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Final

from tintype.search.domain.lexicon_tables import TABLES

Phrase = tuple[str, ...]

LANGUAGES: Final = tuple(TABLES)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What phrases mean. `*_phrases` map runs of words; sets hold single words.

    Args:
        months: names, and `short_months` abbreviations, which count beside a number only.
        weekdays: names; `weekday_adverbs` need no preposition (montags).
        seasons: names.
        hours: parts of the day that are one as they stand (at night); `bare_hours` need to stand alone (morning).
        weekends: names of the weekend.
        holidays: names, to those of `Holiday`.
        last_before, last_after, this_before, this_after: last and this, before or after what they belong to.
        prepositions: before dates, `articles` between these and the date, `of` between month and year.
        place_prepositions: before names of places.
        camera_prepositions: before makes of cameras.
        joiners: between two years (from 2019 to 2021), `alternatives` likewise (2019 or 2021).
        relative: every word that a relative date is made of (two weeks ago), one of the `anchors` at least.
        numbers: words for numbers.
        homonyms: names of cities that are words too: they need a preposition.
    """

    months: Mapping[Phrase, int]
    short_months: Mapping[Phrase, int]
    weekdays: Mapping[Phrase, int]
    weekday_adverbs: Mapping[Phrase, int]
    seasons: Mapping[Phrase, int]
    hours: Mapping[Phrase, frozenset[int]]
    bare_hours: Mapping[Phrase, frozenset[int]]
    weekends: Mapping[Phrase, bool]
    holidays: Mapping[Phrase, str]
    numbers: Mapping[Phrase, int]
    last_before: frozenset[str]
    last_after: frozenset[str]
    this_before: frozenset[str]
    this_after: frozenset[str]
    prepositions: frozenset[str]
    articles: frozenset[str]
    of: frozenset[str]
    place_prepositions: frozenset[str]
    camera_prepositions: frozenset[str]
    joiners: frozenset[str]
    alternatives: frozenset[str]
    relative: frozenset[str]
    anchors: frozenset[str]
    homonyms: frozenset[str]


@cache
def lexicon_of(languages: tuple[str, ...]) -> Lexicon:
    """The words of several languages together; where they disagree the first language wins."""
    merged: dict[str, Mapping[Phrase, object] | frozenset[str]] = {}
    for field in fields(Lexicon):
        tables = [TABLES[language].get(field.name, frozenset()) for language in languages]
        if "Mapping" in str(field.type):
            phrases: dict[Phrase, object] = {}
            for table in reversed(tables):
                phrases |= _phrases(table) if isinstance(table, Mapping) else {}
            merged[field.name] = phrases
        else:
            merged[field.name] = frozenset(word for table in tables for word in table)
    return Lexicon(**merged)  # type: ignore[arg-type]  # each field was made by its own type just above


def known(languages: Sequence[str]) -> tuple[str, ...]:
    """The languages that there are words of; all of them where none of the given ones is."""
    return tuple(dict.fromkeys(each for each in languages if each in TABLES)) or LANGUAGES


def _phrases(table: Mapping[str, object]) -> dict[Phrase, object]:
    return {tuple(words.split()): value for words, value in table.items()}
