"""Phrases of names: the owner's own places and cameras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tintype.search.domain.lexicon import Phrase
from tintype.search.domain.photo_filter import PhotoFilter, SetMatch
from tintype.search.domain.query import FacetValue, OwnerTerms
from tintype.search.domain.understanding import PartKind
from tintype.search.domain.words import fold, split_words
from tintype.search.service.phrases import Found, Need, Query


@dataclass(frozen=True, slots=True)
class NamePhrases:
    """The names that an owner's photos have, by their words."""

    places: Mapping[Phrase, str]
    cities: Mapping[Phrase, str]
    cameras: Mapping[Phrase, str]

    @classmethod
    def of(cls, terms: OwnerTerms) -> NamePhrases:
        """Of what the index says."""
        return cls(_phrases(terms.places), _phrases(terms.cities), _phrases(terms.cameras))

    def at(self, query: Query, index: int) -> Iterator[Found]:
        """The names that begin at a word."""
        place = query.longest(self.places, index)
        if place is not None:
            name, end = place
            words = query.words[index:end]
            clear = words in self.cities and not (len(words) == 1 and words[0] in query.lexicon.homonyms)
            kept = PhotoFilter(places=SetMatch.folded(any_of=[name]))
            yield Found(index, end, PartKind.PLACE, kept, Need.NOTHING if clear else Need.PREPOSITION)
        camera = query.longest(self.cameras, index)
        if camera is not None:
            name, end = camera
            kept = PhotoFilter(cameras=SetMatch.folded(any_of=[name]))
            clear = end - index > 1 or any(character.isdecimal() for character in query.words[index])
            yield Found(index, end, PartKind.CAMERA, kept, Need.NOTHING if clear else Need.PREPOSITION)


def _phrases(values: tuple[FacetValue, ...]) -> dict[Phrase, str]:
    """By the words as a query has them; of names that fold alike, the one with the most photos."""
    found: dict[Phrase, str] = {}
    for each in values:
        found.setdefault(tuple(fold(word.text) for word in split_words(each.value)), each.value)
    found.pop((), None)
    return found
