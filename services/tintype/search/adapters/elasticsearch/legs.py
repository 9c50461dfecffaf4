"""One search as one multi search: its legs, what is counted beside them, and how the answers become legs again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tintype.search.adapters.elasticsearch.connection import raise_for
from tintype.search.adapters.elasticsearch.documents import sent_vector
from tintype.search.adapters.elasticsearch.filters import any_of, clauses_of
from tintype.search.adapters.elasticsearch.mapping import vector_field
from tintype.search.adapters.elasticsearch.responses import Body, Found, Hit, hits_of, total_of
from tintype.search.adapters.elasticsearch.words import OwnerWords, counting, hits_of_words, named, query_of
from tintype.search.domain.query import IndexAnswer, IndexQuery, Leg, LegHits, VectorQuery

MOST_MATCHES: Final = 10_000
MOST_HITS: Final = 10_000  # what an index gives in one answer unless it is told otherwise
# Vectors are compared by bytes first, then this many times the hits by all their digits. So many candidates are beyond
# doubt anyway: the order of the first hits cannot change any more, and 2,000 comparisons take 1 ms longer than 1,000.
OVERSAMPLE: Final = 2.0
MANY_CANDIDATES: Final = 500
# Candidates of a graph for each hit, and at least: with fewer for a first page than for the next ones these would begin
# with others. A scan has no use for it.
BREADTH: Final = 1.5
LEAST_CANDIDATES: Final = 1_500
# Vectors looked for beyond those asked for: where many are equally near, Elasticsearch takes any of them, and of these
# the first ones by their ids have to stay for every depth.
EQUALLY_NEAR: Final = 50
# Hits of the first leg of vectors that say which words they have: for every depth the same, or the first hits of the
# leg of words would depend on it.
NEAREST: Final = 250

# The id as what hits are sorted by: reading it from the stored documents would unpack each of a thousand hits, and as a
# doc value beside the score it makes the answer half as long again. So hits that score equally come by their ids.
_HITS: Final[Body] = {"_source": False, "stored_fields": "_none_"}
_BEST_FIRST: Final[Body] = {**_HITS, "sort": [{"_score": "desc"}, {"photo": "asc"}]}


class Question:
    """The searches that one query is made of. `words` are those that are looked for.

    `fields` are those of vectors that the index is known to have: a space without one has no leg.
    """

    def __init__(self, query: IndexQuery, known: OwnerWords, fields: frozenset[str]) -> None:
        self.words = known.chosen(query.words)
        self.depth = min(query.depth, MOST_HITS)
        self.clauses = clauses_of(query.owner_id, query.filters, query.visibility)
        self._counted = known.due(query.words)
        self._weighed = len(self.words) < 2 or all(known.sizes.knows(word.tokens) for word in self.words)
        self._cut = False
        self._query = query
        self._known = known
        self._fields = fields

    @property
    def searches(self) -> list[Body]:
        """The bodies, in the order in which `answer` expects what they found."""
        if not self.words and not self._query.vectors:
            return [self._listing()]
        bodies = [self._vector_leg(place) for place in range(len(self._query.vectors))]  # first: they take longest
        if self._query.vectors:
            bodies.append(self._matching())
        if self.words:
            bodies.append(self._word_leg())
        return [*bodies, *counting(self._query.owner_id, self._counted)] if self._counted else bodies

    def _word_leg(self) -> Body:
        """The photos that have enough of the words."""
        words = query_of(self.words, self._known)
        query = {"bool": {"filter": self.clauses, "must": [words]}}
        return {**_BEST_FIRST, "size": self.depth, "track_total_hits": MOST_MATCHES, "query": query}

    def answer(self, found: Sequence[Found]) -> IndexAnswer:
        """Put the legs together."""
        if not self.words and not self._query.vectors:
            return self._listed(found[0])
        rest = iter(found)
        vectors = [self._vector_hits(asked, next(rest)) for asked in self._query.vectors]
        nearest = _near(found[0])[:NEAREST] if vectors else []
        legs = [leg for leg in vectors if leg is not None]
        whole = all(len(leg.photo_ids) < self.depth for leg in legs)
        matches = total_of(next(rest)) if vectors else 0
        if self.words:
            words = next(rest)
            if self._counted:
                photos, *counts = (total_of(each) for each in rest)
                self._known.note(photos, self._counted, counts)
            leg = hits_of_words(hits_of(words), nearest, self.words, self._known, depth=self.depth)
            legs.insert(0, leg)
            self._cut = total_of(words) > self.depth
            whole = whole and not self._cut
            matches = matches or total_of(words)
        if whole:
            matches = len({photo_id for leg in legs for photo_id in leg.photo_ids})
        return IndexAnswer(tuple(legs), min(matches, MOST_MATCHES))

    @property
    def misjudged(self) -> bool:
        """Whether the words turned out to weigh something else, and that matters.

        Some stand in a large part of the photos, or those that are best by the right weights may have been cut off.
        """
        common = len(self._known.chosen(self.words)) < len(self.words)
        return common or (self._cut and not self._weighed)

    def _vector_leg(self, place: int) -> Body:
        """The photos nearest to a vector of the query; those of the first one say which of the words they have."""
        asked = self._query.vectors[place]
        depth = self._depth_of_vectors(place)
        nearest = min(depth + EQUALLY_NEAR, MOST_HITS)
        knn = {
            "field": f"vectors.{vector_field(asked.space, len(asked.vector))}",
            "query_vector": sent_vector(asked.vector) or [0.0] * len(asked.vector),
            "k": nearest,
            "num_candidates": min(max(int(BREADTH * depth), LEAST_CANDIDATES), MOST_HITS),
            "filter": self.clauses,
            "rescore_vector": {"oversample": max(1.0, min(OVERSAMPLE, MANY_CANDIDATES / nearest))},
        }
        body = {**_BEST_FIRST, "size": depth, "track_total_hits": False}
        if place or not self.words:
            return {**body, "knn": knn}
        words = named(self.words, [0.0] * len(self.words))
        return {**body, "query": {"bool": {"must": [{"knn": knn}], "should": words}}}

    def _depth_of_vectors(self, place: int) -> int:
        return self.depth if place or not self.words else max(self.depth, NEAREST)

    def _vector_hits(self, asked: VectorQuery, found: Found) -> LegHits | None:
        """A leg of vectors, None for an unknown space."""
        if not hits_of(found) and vector_field(asked.space, len(asked.vector)) not in self._fields:
            return None
        hits = _near(found)[: self.depth]
        similarities = [_similarity(hit) for hit in hits]
        return LegHits(asked.leg, [hit["sort"][1] for hit in hits], similarities, space=asked.space)

    def _matching(self) -> Body:
        """Counts the photos that any leg may find, where a leg has more than it gives: no vector has a limit."""
        fields = (f"vectors.{vector_field(each.space, len(each.vector))}" for each in self._query.vectors)
        legs: list[Body] = [{"exists": {"field": field}} for field in dict.fromkeys(fields)]
        if self.words:
            legs.append(query_of(self.words, self._known))
        query = {"bool": {"filter": [*self.clauses, any_of(legs)]}}
        return {"size": 0, "track_total_hits": MOST_MATCHES, "query": query}

    def _listing(self) -> Body:
        """Newest first, ties by photo_id, undated ones last."""
        newest = {"taken_us": {"order": "desc", "missing": "_last"}}
        return {
            **_HITS,
            "size": self.depth,
            "track_total_hits": MOST_MATCHES,
            "query": {"bool": {"filter": self.clauses}},
            "sort": [newest, {"photo": "asc"}],
        }

    def _listed(self, found: Found) -> IndexAnswer:
        hits = hits_of(found)
        leg = LegHits(Leg.LISTING, [hit["sort"][1] for hit in hits], [float(hit["sort"][0]) for hit in hits])
        return IndexAnswer((leg,), min(total_of(found), MOST_MATCHES))


def _near(found: Found) -> list[Hit]:
    """The hits of a leg of vectors; one that has nothing in common with the query is none."""
    return [hit for hit in hits_of(found) if _similarity(hit) > 0]


def _similarity(hit: Hit) -> float:
    """Dot products come as (1 + similarity) / 2."""
    return 2.0 * hit["sort"][0] - 1.0


def check(found: Found) -> None:
    """Raise what one search of many failed with."""
    error = found.get("error")
    if error is not None:
        raise_for(found.get("status", 500), f"{error.get('type')}: {error.get('reason', '')}")
