"""Which words of a query are looked for, how much each counts, and how many of them a photo must have."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log
from typing import Final

from tintype.search.domain.query import QueryWord

LARGE_SHARE: Final = 0.1  # a word that stands in more of the photos says little, and reading 10,000 rows costs 3 ms
SMALL_LIBRARY: Final = 2_000  # photos; below, every word is looked for
LEAST_SHARE: Final = (
    0.5  # of the words looked for; with fewer, long sentences would find everything that has a dog in it
)
_LEAST_WEIGHT: Final = 1e-6
_REMEMBERED: Final = 10_000


def weight_of(photos: int, having: int) -> float:
    """What a word adds to a photo that has it; rarer words count more.

    It is BM25's inverse document frequency, which is what a BM25 without length and frequency comes to.
    """
    weight = log(1 + (photos - having + 0.5) / (having + 0.5)) if having <= photos else 0.0
    return max(weight, _LEAST_WEIGHT)


def least_words(words: int) -> int:
    """How many of so many words a photo must have."""
    return max(1, ceil(words * LEAST_SHARE))


class WordSizes:
    """How many documents each word was last seen in, so that common ones need not be read to be left out."""

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, ...], int] = {}

    def note(self, tokens: tuple[str, ...], size: int) -> None:
        """Remember the size of a word."""
        if len(self._sizes) >= _REMEMBERED:
            self._sizes.clear()
        self._sizes[tokens] = size

    def knows(self, tokens: tuple[str, ...]) -> bool:
        """Whether the word was ever seen."""
        return tokens in self._sizes

    def of(self, tokens: tuple[str, ...]) -> int:
        """The size of a word; 0 if it was never seen."""
        return self._sizes.get(tokens, 0)

    def worth_reading(self, words: Sequence[QueryWord], photos: int) -> list[QueryWord]:
        """Without words that are known to stand in a large part of the photos; the rarest of those if all do."""
        if photos <= SMALL_LIBRARY:
            return list(words)
        limit = LARGE_SHARE * photos
        rare = [word for word in words if self.of(word.tokens) <= limit]
        return rare or sorted(words, key=lambda word: self.of(word.tokens))[:1]
