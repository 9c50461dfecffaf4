"""A query as words at their places, and what the readers of phrases find in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, TypeVar

from tintype.search.domain.lexicon import Lexicon, Phrase
from tintype.search.domain.photo_filter import PhotoFilter
from tintype.search.domain.stop_words import STOP_WORDS
from tintype.search.domain.understanding import PartKind
from tintype.search.domain.words import fold, split_words

T = TypeVar("T")


_COMPOUNDED: Final = (PartKind.SEASON, PartKind.MONTH, PartKind.HOLIDAY)


class Need(Enum):
    """What must be so for a phrase to count."""

    NOTHING = "nothing"
    PREPOSITION = "preposition"  # before it
    PREPOSITION_OR_ALONE = "preposition or alone"  # before it, or nothing else is in the query


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase from one word to before another, and what it means."""

    start: int
    end: int
    kind: PartKind
    filter: PhotoFilter
    need: Need = Need.NOTHING


@dataclass(frozen=True, slots=True)
class Query:
    """The words of a query, folded, with their places in the text, as one language reads them.

    `languages` are all that the query may be in; `today` is the caller's.
    """

    text: str
    language: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    lexicon: Lexicon
    languages: Sequence[str]
    today: date

    @classmethod
    def of(cls, text: str, *, language: str, lexicon: Lexicon, languages: Sequence[str], today: date) -> Query:
        """Split a text."""
        words = list(split_words(text))
        return cls(
            text,
            language,
            tuple(fold(word.text) for word in words),
            tuple(word.start for word in words),
            tuple(word.end for word in words),
            lexicon,
            languages,
            today,
        )

    def word(self, index: int) -> str:
        """The word at a place; empty beyond the ends."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def between(self, index: int) -> str:
        """What stands in the text between a word and the next one."""
        return self.text[self.ends[index] : self.starts[index + 1]] if index + 1 < len(self.words) else ""

    def longest(self, table: Mapping[Phrase, T], index: int) -> tuple[T, int] | None:
        """The longest phrase of a table that begins at a word: what it means and where it ends."""
        for size in range(min(5, len(self.words) - index), 0, -1):
            phrase = self.words[index : index + size]
            if phrase in table:
                return table[phrase], index + size
        return None

    def number(self, index: int) -> int | None:
        """A number of up to two digits, an ordinal too (3rd, 1er)."""
        word = self.word(index)
        digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
        ordinal = word[len(digits) :] in ("", "st", "nd", "rd", "th", "er", "ste", "ten", "ter")
        return int(digits) if ordinal and digits.isdecimal() and len(digits) <= 2 else None

    def year(self, index: int) -> int | None:
        """A year that photos can be of."""
        word = self.word(index)
        return int(word) if len(word) == 4 and word.isdecimal() and 1900 <= int(word) <= self.today.year + 1 else None

    def led_by(self, index: int, prepositions: frozenset[str]) -> tuple[int, bool]:
        """Where the prepositions and articles before a word begin, and whether there is a preposition among them."""
        start, led = index, False
        while start and self.words[start - 1] in prepositions | self.lexicon.articles and index - start < 3:
            start -= 1
            led = led or self.words[start] in prepositions
        return start, led

    def compound(self, found: Found) -> bool:
        """Whether a season, month or holiday belongs to the next word, as in "in winter clothes"; English only."""
        if self.language != "en" or found.kind not in _COMPOUNDED or found.end >= len(self.words):
            return False
        after = self.words[found.end]
        return (
            self.between(found.end - 1) == " "
            and after not in STOP_WORDS["en"]
            and after not in self.lexicon.prepositions | self.lexicon.joiners | self.lexicon.alternatives | {"with"}
        )
