"""The leg of words: which photos have which words of a query, by one FTS5 query a word."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt

from tintype.search.domain.query import QueryWord

LARGE_SHARE: Final = 0.1  # a word that stands in more of the photos says little, and reading 10,000 rows costs 3 ms
SMALL_LIBRARY: Final = 2_000  # photos; below, every word is looked for
LEAST_SHARE: Final = (
    0.5  # of the words looked for; with fewer, long sentences would find everything that has a dog in it
)
_REMEMBERED: Final = 10_000

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class WordRows:
    """The documents that have a word."""

    word: QueryWord
    numbers: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class WordScores:
    """Score and matched share of the words, by place; `found` says which places the leg finds."""

    scores: npt.NDArray[np.float64]
    matched: npt.NDArray[np.float64]
    found: npt.NDArray[np.bool_]


class WordSizes:
    """How many documents each word was last seen in, so that common ones need not be read to be left out."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, ...], int] = {}

    def note(self, tokens: tuple[str, ...], size: int) -> None:
        """Remember the size of a word."""
        if len(self._sizes) >= _REMEMBERED:
            self._sizes.clear()
        self._sizes[tokens] = size

    def worth_reading(self, words: Sequence[QueryWord], photos: int) -> list[QueryWord]:
        """Without words that are known to stand in a large part of the photos; the rarest of those if all do."""
        if photos <= SMALL_LIBRARY:
            return list(words)
        limit = LARGE_SHARE * photos
        rare = [word for word in words if self._sizes.get(word.tokens, 0) <= limit]
        return rare or sorted(words, key=lambda word: self._sizes.get(word.tokens, 0))[:1]


def read_words(
    connection: sqlite3.Connection, shard: int, words: Sequence[QueryWord], sizes: WordSizes, photos: int
) -> list[WordRows]:
    """Read the rows of each word. One joined string a word: a row at a time would take the GIL for each."""
    query = f"SELECT group_concat(rowid) FROM words_{shard} WHERE words_{shard} MATCH ?"
    found: list[WordRows] = []
    for word in sizes.worth_reading(words, photos):
        match = " OR ".join(f'"{token}"' for token in word.tokens)
        joined = connection.execute(query, (match,)).fetchone()[0] if match else None
        numbers = np.fromstring(joined or "", np.int64, sep=",")
        sizes.note(word.tokens, len(numbers))
        found.append(WordRows(word, numbers))
    kept = {word.tokens for word in sizes.worth_reading([each.word for each in found], photos)}
    return [each for each in found if each.word.tokens in kept]


def score_words(places_of_words: Sequence[npt.NDArray[np.int64]], size: int, photos: int) -> WordScores:
    """Add up the words that each place has: rarer words count more, and each counts once.

    The weight is BM25's inverse document frequency, which is what a BM25 without length and frequency comes to.
    """
    scores = np.zeros(size)
    counts = np.zeros(size)
    for places in places_of_words:
        weight = log(1 + (photos - len(places) + 0.5) / (len(places) + 0.5)) if len(places) <= photos else 0.0
        scores[places] += max(weight, 1e-6)
        counts[places] += 1
    matched = counts / max(len(places_of_words), 1)
    return WordScores(scores, matched, (counts > 0) & (matched >= LEAST_SHARE))
