"""Analyzer with Snowball's stemmers: every word is found under its folded spelling and its stems."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from typing import Final

import snowballstemmer

from tintype.search.domain.stop_words import STOP_WORDS
from tintype.search.domain.words import LONGEST_TOKEN, Word, bigrams, fold, spellings, split_words
from tintype.search.ports import AnalysedWord

STEMMERS: Final = {"en": "english", "de": "german", "es": "spanish", "fr": "french"}
_CACHED: Final = 50_000  # words; a library's vocabulary, a few MB


class SnowballAnalyzer:
    """Nothing says which language a text is in, so each word has its stems of all; most stems are the same word.

    Stems are made of the spelling with accents and without, for people leave them out when they search.
    """

    def __init__(self) -> None:
        self._stemmers = {language: snowballstemmer.stemmer(name) for language, name in STEMMERS.items()}
        self._lock = Lock()  # a stemmer keeps the word it works on
        self._stems = lru_cache(_CACHED)(self._make_stems)

    def tokens(self, text: str) -> frozenset[str]:
        found: set[str] = set()
        for word in split_words(text):
            if word.spaceless:
                folded = fold(word.text)
                found.update(folded, bigrams(folded))
            elif len(word.text) <= LONGEST_TOKEN:
                for language in STEMMERS:
                    found |= self._stems(word.text, language)
        return frozenset(token for token in found if token.strip())

    def words(self, text: str, *, languages: Sequence[str] = ()) -> tuple[AnalysedWord, ...]:
        known = tuple(language for language in languages if language in STEMMERS) or tuple(STEMMERS)
        found = [each for word in split_words(text) for each in self._analysed(word, known)]
        stopped = {stop for language in known for stop in STOP_WORDS[language]}
        telling = [word for word in found if fold(word.text) not in stopped]
        distinct = {word.tokens: word for word in reversed(telling or found) if word.tokens}
        return tuple(reversed(distinct.values()))

    def _analysed(self, word: Word, languages: Sequence[str]) -> list[AnalysedWord]:
        if word.spaceless:
            return [AnalysedWord(pair, word.start, word.end, (pair,)) for pair in bigrams(fold(word.text))]
        tokens = frozenset[str]().union(*(self._stems(word.text, language) for language in languages))
        return [AnalysedWord(word.text, word.start, word.end, tuple(sorted(tokens)))]

    def _make_stems(self, word: str, language: str) -> frozenset[str]:
        folded = spellings(word)
        with self._lock:
            stems = {self._stemmers[language].stemWord(spelling) for spelling in (word, *folded)}
        return frozenset(folded).union(fold(stem) for stem in stems)
