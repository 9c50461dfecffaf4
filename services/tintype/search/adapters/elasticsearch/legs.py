"""One search as one multi search: its legs, what is counted beside them, and how the answers become legs again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tintype.search.adapters.elasticsearch.connection import raise_for
from tintype.search.adapters.elasticsearch.documents import sent_vector
from tintype.search.adapters.elasticsearch.filters import any_of, clauses_of
from tintype.search.adapters.elasticsearch.mapping import vector_field
from tintype.search.adapters.elasticsearch.responses import Body, Found, hits_of, total_of
from tintype.search.adapters.elasticsearch.words import counting, hits_of_words, note_counts, query_of
from tintype.search.domain.query import IndexAnswer, IndexQuery, Leg, LegHits, VectorQuery
from tintype.search.domain.word_choice import WordSizes

MOST_MATCHES: Final = 10_000
MOST_HITS: Final = 10_000  # what an index gives in one answer unless it is told otherwise
OVERSAMPLE: Final = 2.0  # vectors compared by bytes first, then so many times the hits by all their digits
BREADTH: Final = 1.5  # candidates of a graph for each hit; a scan has no use for it

# The id as a doc value: reading it from the stored documents would unpack each of a thousand hits.
_HITS: Final[Body] = {"_source": False, "stored_fields": "_none_", "docvalue_fields": ["photo"]}


@dataclass(slots=True)
class OwnerSizes:
    """What was last seen of an owner's words."""

    words: WordSizes
    photos: int = 0


class Question:
    """The searches that one query is made of. `words` are those that are looked for.

    `fields` are those of vectors that the index is known to have: a space without one has no leg.
    """

    def __init__(self, query: IndexQuery, sizes: OwnerSizes, fields: frozenset[str]) -> None:
        self.words = sizes.words.worth_reading(query.words, sizes.photos) if query.words else []
        self.depth = min(query.depth, MOST_HITS)
        self.clauses = clauses_of(query.owner_id, query.filters, query.visibility)
        self._query = query
        self._sizes = sizes
        self._fields = fields

    @property
    def searches(self) -> list[Body]:
        """The bodies, in the order in which `answer` expects what they found."""
        if not self.words and not self._query.vectors:
            return [self._listing()]
        bodies = [self.word_leg(), counting(self._query.owner_id, self._query.words)] if self.words else []
        bodies += [self._vector_leg(asked) for asked in self._query.vectors]
        return [*bodies, self._matching()] if self._query.vectors else bodies

    def word_leg(self) -> Body:
        """The photos that have enough of the words."""
        words = query_of(self.words, self._sizes.words, self._sizes.photos)
        query = {"bool": {"filter": self.clauses, "must": [words]}}
        return {**_HITS, "size": self.depth, "track_total_hits": MOST_MATCHES, "query": query}

    def answer(self, found: Sequence[Found]) -> IndexAnswer:
        """Put the legs together."""
        if not self.words and not self._query.vectors:
            return self._listed(found[0])
        rest = list(found)
        legs: list[LegHits] = []
        whole, matches = True, 0
        if self.words:
            words = rest.pop(0)
            self._sizes.photos = note_counts(rest.pop(0), self._query.words, self._sizes.words)
            legs.append(hits_of_words(hits_of(words), self.words, self._sizes.words, self._sizes.photos))
            matches = total_of(words)
            whole = matches <= self.depth
        for asked in self._query.vectors:
            leg = _vector_hits(asked, rest.pop(0))
            if leg.photo_ids or vector_field(asked.space, len(asked.vector)) in self._fields:
                legs.append(leg)
                whole = whole and len(leg.photo_ids) < self.depth
        if whole:
            matches = len({photo_id for leg in legs for photo_id in leg.photo_ids})
        elif rest:
            matches = total_of(rest[0])
        return IndexAnswer(tuple(legs), min(matches, MOST_MATCHES))

    @property
    def common_words(self) -> bool:
        """Whether some of the words turned out to stand in a large part of the photos."""
        return len(self._sizes.words.worth_reading(self.words, self._sizes.photos)) < len(self.words)

    def _vector_leg(self, asked: VectorQuery) -> Body:
        field = f"vectors.{vector_field(asked.space, len(asked.vector))}"
        knn = {
            "field": field,
            "query_vector": sent_vector(asked.vector) or [0.0] * len(asked.vector),
            "k": self.depth,
            "num_candidates": min(int(BREADTH * self.depth), MOST_HITS),
            "filter": self.clauses,
            "rescore_vector": {"oversample": OVERSAMPLE},
        }
        return {**_HITS, "size": self.depth, "track_total_hits": False, "knn": knn}

    def _matching(self) -> Body:
        """Counts the photos that any leg may find, where a leg has more than it gives: no vector has a limit."""
        fields = (f"vectors.{vector_field(each.space, len(each.vector))}" for each in self._query.vectors)
        legs: list[Body] = [{"exists": {"field": field}} for field in dict.fromkeys(fields)]
        if self.words:
            legs.append(query_of(self.words, self._sizes.words, self._sizes.photos))
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
        leg = LegHits(Leg.LISTING, [hit["fields"]["photo"][0] for hit in hits], [float(hit["sort"][0]) for hit in hits])
        return IndexAnswer((leg,), min(total_of(found), MOST_MATCHES))


def check(found: Found) -> None:
    """Raise what one search of many failed with."""
    error = found.get("error")
    if error is not None:
        raise_for(found.get("status", 500), f"{error.get('type')}: {error.get('reason', '')}")


def _vector_hits(asked: VectorQuery, found: Found) -> LegHits:
    """A leg of vectors; dot products come as (1 + similarity) / 2."""
    near = [(hit["fields"]["photo"][0], 2.0 * hit["_score"] - 1.0) for hit in hits_of(found)]
    near = [(photo_id, similarity) for photo_id, similarity in near if similarity > 0]
    return LegHits(asked.leg, [photo_id for photo_id, _ in near], [score for _, score in near], space=asked.space)
