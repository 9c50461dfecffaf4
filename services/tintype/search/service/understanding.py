"""Reading dates, places and cameras out of the words of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from tintype.search.domain.lexicon import Lexicon, known, lexicon_of
from tintype.search.domain.query import OwnerTerms
from tintype.search.domain.stop_words import STOP_WORDS
from tintype.search.domain.understanding import PartKind, Understanding, UnderstoodPart
from tintype.search.ports import DateReader
from tintype.search.service.date_phrases import DatePhrases
from tintype.search.service.name_phrases import NamePhrases
from tintype.search.service.phrases import Found, Need, Query

Source: TypeAlias = tuple[Query, Callable[[Query, int], Iterable[Found]]]  # a reading, and what finds phrases in it


class Understander:
    """Turns runs of words into filters: at each word the phrase that counts, the longest of all languages."""

    def __init__(self, reader: DateReader) -> None:
        self._dates = DatePhrases(reader)

    def understand(self, text: str, *, terms: OwnerTerms, languages: Sequence[str], now: datetime) -> Understanding:
        """`now` is aware and in the caller's time zone; `terms` are what the owner's photos have."""
        spoken = known(languages)
        # A reading for each language: its prepositions belong to its own words (a is one in French and Spanish).
        readings = [
            Query.of(text, language=language, lexicon=lexicon_of((language,)), languages=spoken, today=now.date())
            for language in spoken
        ]
        mixed = Query.of(text, language="", lexicon=lexicon_of(spoken), languages=spoken, today=now.date())
        names = NamePhrases.of(terms)
        sources = [*((query, self._dates.at) for query in readings), (mixed, names.at)]
        found, doubtful = _read(sources, len(mixed.words))
        said = _all_understood(mixed, found + doubtful)
        if said:
            found += doubtful
        understood = Understanding.of(text, [_part(mixed, each) for each in found])
        # The rest of "photos from October 2024" asks for nothing: as words it would find no photo at all.
        return replace(understood, remaining="") if said and found else understood


def _read(sources: Sequence[Source], size: int) -> tuple[list[Found], list[Found]]:
    """What counts, and what counts only if nothing else is in the query."""
    found: list[Found] = []
    doubtful: list[Found] = []
    index = free = 0
    while index < size:
        matches = [match for query, at in sources if (match := _first(query, at(query, index), index, free))]
        if not matches:
            index += 1
            continue
        best = max(matches, key=lambda match: (match.need is Need.NOTHING, match.end, -match.start))
        (found if best.need is Need.NOTHING else doubtful).append(best)
        index = free = best.end
    return found, doubtful


def _first(query: Query, phrases: Iterable[Found], index: int, free: int) -> Found | None:
    """The first phrase at a word that counts or may; it takes in the prepositions before it, back to `free`."""
    for each in phrases:
        start, led = query.led_by(index, _prepositions(query.lexicon, each.kind))
        start = max(start, free)
        if each.need is Need.NOTHING or (led and not query.compound(each)):
            return Found(start, each.end, each.kind, each.filter)
        if each.need is Need.PREPOSITION_OR_ALONE:
            return Found(start, each.end, each.kind, each.filter, each.need)
    return None


def _prepositions(lexicon: Lexicon, kind: PartKind) -> frozenset[str]:
    by_kind: Mapping[PartKind, frozenset[str]] = {
        PartKind.PLACE: lexicon.place_prepositions,
        PartKind.CAMERA: lexicon.camera_prepositions,
    }
    return by_kind.get(kind, lexicon.prepositions)


def _all_understood(query: Query, found: Sequence[Found]) -> bool:
    """Whether the words outside of the phrases say nothing."""
    inside = {index for each in found for index in range(each.start, each.end)}
    stopped = frozenset[str]().union(*(STOP_WORDS[language] for language in query.languages))
    return all(index in inside or word in stopped for index, word in enumerate(query.words))


def _part(query: Query, found: Found) -> UnderstoodPart:
    start, end = query.starts[found.start], query.ends[found.end - 1]
    return UnderstoodPart(query.text[start:end], start, end, found.kind, found.filter)
