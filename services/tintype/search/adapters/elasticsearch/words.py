"""The leg of words: photos that have at least half of the words, scored by what their words weigh among the owner's.

Elasticsearch's own statistics are those of everybody in a shard, and another owner's words are nobody's business. So
each word has a constant weight of ours, and the exact ones are put in afterwards, from counts in the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from tintype.search.adapters.elasticsearch.filters import any_of
from tintype.search.adapters.elasticsearch.responses import Body, Found, Hit, total_of
from tintype.search.domain.query import Leg, LegHits, QueryWord
from tintype.search.domain.word_choice import WordSizes, least_words, weight_of


def clause_of(word: QueryWord) -> Body:
    """What a photo has that has a word."""
    clauses: list[Body] = [{"terms": {"words": list(word.tokens)}}] if word.tokens else []
    if word.album_ids:
        clauses.append({"terms": {"albums": list(word.album_ids)}})
    return any_of(clauses) if clauses else {"match_none": {}}


def query_of(words: Sequence[QueryWord], sizes: WordSizes, photos: int) -> Body:
    """The words as one clause of a query, each named by its place among them."""
    return {
        "bool": {
            "should": [
                {
                    "constant_score": {
                        "filter": clause_of(word),
                        "boost": weight_of(photos, sizes.of(word.tokens)),
                        "_name": str(place),
                    }
                }
                for place, word in enumerate(words)
            ],
            "minimum_should_match": least_words(len(words)),
        }
    }


def counting(owner_id: str, words: Sequence[QueryWord]) -> Body:
    """A search that counts the owner's photos, and those that have each of the words."""
    return {
        "size": 0,
        "track_total_hits": True,
        "query": {"term": {"owner": owner_id}},
        "aggs": {str(place): {"filter": clause_of(word)} for place, word in enumerate(words)},
    }


def note_counts(found: Found, words: Sequence[QueryWord], sizes: WordSizes) -> int:
    """Remember the sizes that `counting` found; returns how many photos the owner has."""
    counted = found.get("aggregations", {})
    for place, word in enumerate(words):
        sizes.note(word.tokens, counted.get(str(place), {}).get("doc_count", 0))
    return total_of(found)


def hits_of_words(hits: Sequence[Hit], words: Sequence[QueryWord], sizes: WordSizes, photos: int) -> LegHits:
    """The leg, by the exact weights."""
    weights = [weight_of(photos, sizes.of(word.tokens)) for word in words]
    found: list[tuple[float, str, float]] = []
    for hit in hits:
        has = sorted(int(name) for name in hit.get("matched_queries", []))
        score = sum(weights[place] for place in has)
        found.append((score, hit["fields"]["photo"][0], len(has) / len(words)))
    found.sort(key=lambda each: -each[0])
    return LegHits(
        Leg.WORDS,
        [photo_id for _, photo_id, _ in found],
        [score for score, _, _ in found],
        matched=[matched for _, _, matched in found],
    )
