"""The leg of words: photos that have at least half of the words, scored by what their words weigh among the owner's.

Elasticsearch's own statistics are those of everybody in a shard, and another owner's words are nobody's business. So
each word has a constant weight of ours. Those that were not counted lately are counted beside the search, and their
photos get the right weights afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from tintype.search.adapters.elasticsearch.filters import any_of
from tintype.search.adapters.elasticsearch.responses import Body, Hit
from tintype.search.domain.query import Leg, LegHits, QueryWord
from tintype.search.domain.word_choice import WordSizes, least_words, weight_of

COUNTED_S: Final = 30.0  # for so long a count is good enough to weigh by


class OwnerWords:
    """How many photos an owner has, and how many of them have each word, as last counted."""

    def __init__(self) -> None:
        self.sizes = WordSizes()
        self.photos = 0
        self._counted_at: dict[tuple[str, ...], float] = {}

    def due(self, words: Sequence[QueryWord]) -> list[QueryWord]:
        """Those that were not counted lately."""
        old = time.monotonic() - COUNTED_S
        self._counted_at = {tokens: at for tokens, at in self._counted_at.items() if at > old}
        return [word for word in words if word.tokens not in self._counted_at]

    def note(self, photos: int, words: Sequence[QueryWord], counts: Sequence[int]) -> None:
        """Remember what was counted."""
        self.photos = photos
        for word, count in zip(words, counts, strict=True):
            self.sizes.note(word.tokens, count)
            self._counted_at[word.tokens] = time.monotonic()

    def chosen(self, words: Sequence[QueryWord]) -> list[QueryWord]:
        """Those that are looked for."""
        return self.sizes.worth_reading(words, self.photos) if words else []

    def weight_of(self, word: QueryWord) -> float:
        """What a word adds to a photo that has it."""
        return weight_of(self.photos, self.sizes.of(word.tokens))


def clause_of(word: QueryWord) -> Body:
    """What a photo has that has a word."""
    clauses: list[Body] = [{"terms": {"words": list(word.tokens)}}] if word.tokens else []
    if word.album_ids:
        clauses.append({"terms": {"albums": list(word.album_ids)}})
    return any_of(clauses) if clauses else {"match_none": {}}


def query_of(words: Sequence[QueryWord], known: OwnerWords) -> Body:
    """The words as one clause of a query, which photos match that have enough of them."""
    weights = [known.weight_of(word) for word in words]
    return {"bool": {"should": named(words, weights), "minimum_should_match": least_words(len(words))}}


def named(words: Sequence[QueryWord], weights: Sequence[float]) -> list[Body]:
    """A clause for each word, which adds its weight to the score, and by whose name, its place, hits say who has it."""
    return [
        {"constant_score": {"filter": clause_of(word), "boost": weight, "_name": str(place)}}
        for place, (word, weight) in enumerate(zip(words, weights, strict=True))
    ]


def counting(owner_id: str, words: Sequence[QueryWord]) -> list[Body]:
    """Searches that count the owner's photos, and those that have each of the words.

    One for each: an aggregation would look at every photo of the owner, and takes 7 ms at 100,000.
    """
    mine: Body = {"term": {"owner": owner_id}}
    queries = [mine, *({"bool": {"filter": [mine, clause_of(word)]}} for word in words)]
    return [{"size": 0, "track_total_hits": True, "query": query} for query in queries]


def hits_of_words(
    best: Sequence[Hit], nearest: Sequence[Hit], words: Sequence[QueryWord], known: OwnerWords, *, depth: int
) -> LegHits:
    """The leg, by the exact weights.

    Where more photos score equally than there is room for, those stay that are nearest to the query's vector, as far
    as they are among its `nearest`.
    """
    weights, least = [known.weight_of(word) for word in words], least_words(len(words))
    worth: dict[tuple[str, ...], tuple[float, float]] = {}  # hundreds of hits have some few of the words each
    found: dict[str, tuple[float, float]] = {}
    for hit in (*nearest, *best):
        names = tuple(hit.get("matched_queries", ()))
        if names not in worth:
            worth[names] = sum(weights[place] for place in sorted(map(int, names))), len(names) / len(words)
        if len(names) >= least:
            found.setdefault(hit["sort"][1], worth[names])
    photo_ids = sorted(found, key=lambda photo_id: found[photo_id][0], reverse=True)[:depth]
    return LegHits(
        Leg.WORDS,
        photo_ids,
        [found[photo_id][0] for photo_id in photo_ids],
        matched=[found[photo_id][1] for photo_id in photo_ids],
    )
