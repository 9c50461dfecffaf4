"""The leg of words: which photos have which words of a query, by one FTS5 query a word."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintype.search.domain.query import QueryWord
from tintype.search.domain.word_choice import LEAST_SHARE, WordSizes, weight_of

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
    """Add up the words that each place has: rarer words count more, and each counts once."""
    scores = np.zeros(size)
    counts = np.zeros(size)
    for places in places_of_words:
        scores[places] += weight_of(photos, len(places))
        counts[places] += 1
    matched = counts / max(len(places_of_words), 1)
    return WordScores(scores, matched, (counts > 0) & (matched >= LEAST_SHARE))
