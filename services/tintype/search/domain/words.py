"""Folding and segmenting: how text becomes words, for documents and queries alike. A library stems on top."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

LONGEST_TOKEN: Final = 40  # longer runs are hashes and serial numbers, which nobody types

# Scripts that put no spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han and its extensions.
_SPACELESS: Final = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_DIACRITICS: Final = (0x0300, 0x036F)  # the marks of Latin, Greek and Cyrillic; those of other scripts carry meaning
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: lower-case as it was typed, and where it stands, in code points."""

    text: str
    start: int
    end: int
    spaceless: bool = False


def fold(text: str) -> str:
    """Drop case, accents and repeated spaces, so that what people mean alike compares alike."""
    compatible = unicodedata.normalize("NFKD", text.casefold())
    decomposed = unicodedata.normalize("NFKD", compatible.casefold())  # what was a raised A is a capital only now
    kept = "".join(c for c in decomposed if not _DIACRITICS[0] <= ord(c) <= _DIACRITICS[1])
    return " ".join(unicodedata.normalize("NFC", kept).split())


def spellings(word: str) -> tuple[str, ...]:
    """The folded word, and with umlauts written out where it has some: München is munchen and muenchen."""
    composed = unicodedata.normalize("NFC", word.casefold())
    written_out = fold(composed.translate(_UMLAUTS))
    folded = fold(composed)
    return (folded,) if written_out == folded else (folded, written_out)


def split_words(text: str) -> Iterator[Word]:
    """The words of a text, in order; a run of a script without spaces comes as one."""
    start, kind = 0, _GAP
    for index, character in enumerate(text):
        found = _kind(character)
        if found is _MARK:  # belongs to whatever it follows
            found = kind
        if found is not kind:
            if kind is not _GAP:
                yield _word(text, start, index, kind)
            start, kind = index, found
    if kind is not _GAP:
        yield _word(text, start, len(text), kind)


def bigrams(run: str) -> tuple[str, ...]:
    """The pairs of neighbours in a run of a script without spaces; a single character stays as it is."""
    return tuple(a + b for a, b in pairwise(run)) if len(run) > 1 else (run,)


_GAP: Final = "gap"
_LETTERS: Final = "letters"
_RUN: Final = "run"
_MARK: Final = "mark"


@lru_cache(10_000)
def _kind(character: str) -> str:
    if any(part.isascii() and not part.isalnum() for part in unicodedata.normalize("NFKD", character)):
        return _GAP  # also what is folded to one, as the numbers that stand in brackets
    code = ord(character)
    if code < 0x0E00:
        if character.isalnum():
            return _LETTERS
        return _MARK if code > 0x7F and unicodedata.category(character).startswith("M") else _GAP
    if any(first <= code <= last for first, last in _SPACELESS):
        return _RUN
    if character.isalnum() or unicodedata.category(character) == "So":  # emoji are words too
        return _LETTERS
    return _MARK if unicodedata.category(character).startswith("M") else _GAP


def _word(text: str, start: int, end: int, kind: str) -> Word:
    return Word(unicodedata.normalize("NFC", text[start:end].lower()), start, end, spaceless=kind is _RUN)
