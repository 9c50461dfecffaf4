"""Reading dates, places and cameras out of the words of a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain

from tintype.search.domain.lexicon import Lexicon, known, lexicon_of
from tintype.search.domain.query import OwnerTerms
from tintype.search.domain.stop_words import STOP_WORDS
from tintype.search.domain.understanding import PartKind, Understanding, UnderstoodPart
from tintype.search.ports import DateReader
from tintype.search.service.date_phrases import DatePhrases
from tintype.search.service.name_phrases import NamePhrases
from tintype.search.service.phrases import Found, Need, Query


class Understander:
    """Turns runs of words into filters: the first phrase that counts at each word, the longest of its kind."""

    def __init__(self, reader: DateReader) -> None:
        self._dates = DatePhrases(reader)

    def understand(self, text: str, *, terms: OwnerTerms, languages: Sequence[str], now: datetime) -> Understanding:
        """`now` is aware and in the caller's time zone; `terms` are what the owner's photos have."""
        spoken = known(languages)
        query = Query.of(text, lexicon=lexicon_of(spoken), languages=spoken, today=now.date())
        found, doubtful = self._read(query, NamePhrases.of(terms))
        if _all_understood(query, found + doubtful):
            found += doubtful
        return Understanding.of(text, [_part(query, each) for each in found])

    def _read(self, query: Query, names: NamePhrases) -> tuple[list[Found], list[Found]]:
        """What counts, and what counts only if nothing else is in the query."""
        found: list[Found] = []
        doubtful: list[Found] = []
        index = free = 0
        while index < len(query.words):
            match = self._first(query, names, index, free)
            if match is None:
                index += 1
                continue
            (found if match.need is Need.NOTHING else doubtful).append(match)
            index = free = match.end
        return found, doubtful

    def _first(self, query: Query, names: NamePhrases, index: int, free: int) -> Found | None:
        """The first phrase at a word that counts or may; it takes in the prepositions before it, back to `free`."""
        for each in chain(self._dates.at(query, index), names.at(query, index)):
            start, led = query.led_by(index, _prepositions(query.lexicon, each.kind))
            start = max(start, free)
            if led or each.need is Need.NOTHING:
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
