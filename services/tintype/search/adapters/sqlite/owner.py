"""One owner's index in memory: loaded from the tables at first use, kept up to date by every write."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final

import numpy as np

from tintype.search.adapters.sqlite.columns import Columns, Mask, Names, Places
from tintype.search.adapters.sqlite.facets import facets_of, terms_of
from tintype.search.adapters.sqlite.masks import mask_of
from tintype.search.adapters.sqlite.records import pack_record, unpack_names
from tintype.search.adapters.sqlite.tables import Stored
from tintype.search.adapters.sqlite.vectors import Comparison, Scores, VectorColumn
from tintype.search.adapters.sqlite.word_rows import WordRows, WordScores, score_words
from tintype.search.domain.document import IndexDocument
from tintype.search.domain.query import IndexAnswer, IndexQuery, Leg, LegHits, OwnerTerms, VectorQuery
from tintype.search.domain.word_choice import WordSizes

MOST_MATCHES: Final = 10_000
_LOAD_ROWS: Final = 4096
_TERMS_REST: Final = 10  # times what computing the terms took; 30 ms at 100,000 photos


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What a search finds out without words: the photos its filters keep, and the similarities in each space."""

    mask: Mask
    vectors: tuple[tuple[VectorQuery, Comparison, Mask], ...]

    def work(self, stop: Event) -> None:
        """Compare vectors until nothing is left to do or `stop` is set; threads may share it."""
        for _, comparison, _ in self.vectors:
            comparison.work(stop)


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms, after how many changes and when they were computed, and how long that took."""

    terms: OwnerTerms
    changes: int
    end: float
    took_s: float


@dataclass(eq=False, slots=True)
class Owner:
    """Columns and vectors of one owner. Written by the event loop only; searches read in threads meanwhile.

    A search looks at the rows that were there when it began. If a row changes under it, it may see the old or the new.
    """

    shard: int
    columns: Columns = field(default_factory=Columns)
    spaces: dict[str, VectorColumn] = field(default_factory=dict)
    sizes: WordSizes = field(default_factory=WordSizes)
    _changes: int = 0
    _terms: _Terms | None = None

    @property
    def photos(self) -> int:
        """How many photos there are."""
        return int(np.count_nonzero(self.columns.alive))

    @property
    def nbytes(self) -> int:
        """The memory that the arrays take."""
        return self.columns.nbytes + sum(space.nbytes for space in self.spaces.values())

    def put(self, stored: Stored) -> None:
        """Take over a document that was written."""
        document = stored.document
        place = self.columns.put(
            number=stored.number,
            photo_id=document.photo_id,
            revision=document.revision,
            record=pack_record(document.facts),
            names=_names_of(document),
        )
        for space in self.spaces.keys() - document.vectors.keys():
            self.spaces[space].drop(place)
        for space, vector in document.vectors.items():
            self._space(space, len(vector)).put(place, vector)
        self._changes += 1

    def drop(self, photo_id: str) -> None:
        """Forget a photo that was removed."""
        place = self.columns.place_of_photo(photo_id)
        if place is not None:
            self.columns.drop(place)
            for space in self.spaces.values():
                space.drop(place)
            self._changes += 1

    def scan(self, query: IndexQuery) -> Scan:
        """Filter; the vectors are compared once somebody works on it."""
        mask = mask_of(self.columns, self.columns.size, query.filters, query.visibility)
        vectors = []
        for asked in query.vectors:
            space = self.spaces.get(asked.space)
            if space is not None and space.dimensions == len(asked.vector):
                wanted = mask & space.has(len(mask))
                vectors.append((asked, space.compare(asked.vector, wanted), wanted))
        return Scan(mask, tuple(vectors))

    def answer(self, query: IndexQuery, scan: Scan, rows: Sequence[WordRows]) -> IndexAnswer:
        """Put the legs together, once the work on the scan is done; for a thread."""
        mask = scan.mask
        if not query.words and not query.vectors:
            legs, found = [self._listing(query, mask)], mask
        else:
            legs, found = [], np.zeros(len(mask), np.bool_)
        for asked, comparison, wanted in scan.vectors:
            near = wanted & (comparison.scores > 0)
            legs.append(self._hits(asked.leg, comparison.scores, np.flatnonzero(near), query.depth, asked.space))
            found = found | near
        if query.words:
            words = self._words(query, rows, mask)
            places = np.flatnonzero(words.found)
            legs.insert(0, self._word_hits(words, places, query.depth, scan))
            found = found | words.found
        facets = facets_of(self.columns, self._seen(legs, mask, found)) if query.facets else {}
        return IndexAnswer(tuple(legs), min(int(np.count_nonzero(found)), MOST_MATCHES), facets)

    @property
    def terms_due(self) -> bool:
        """Whether the terms are to be computed again: after a change, but not more than a tenth of the time."""
        computed = self._terms
        if computed is None or computed.changes == self._changes:
            return computed is None
        return time.monotonic() - computed.end > computed.took_s * _TERMS_REST

    def terms(self) -> OwnerTerms:
        """What the photos can be asked for."""
        if self._terms is not None and not self.terms_due:
            return self._terms.terms
        changes, begin = self._changes, time.monotonic()
        alive = self.columns.alive
        spaces = {name: int(np.count_nonzero(s.has(len(alive)) & alive)) for name, s in list(self.spaces.items())}
        terms = terms_of(self.columns, {name: count for name, count in spaces.items() if count})
        end = time.monotonic()
        self._terms = _Terms(terms, changes, end, end - begin)
        return terms

    def _space(self, name: str, dimensions: int) -> VectorColumn:
        if name not in self.spaces or self.spaces[name].dimensions != dimensions:
            self.spaces[name] = VectorColumn(dimensions)
        return self.spaces[name]

    def _words(self, query: IndexQuery, rows: Sequence[WordRows], mask: Mask) -> WordScores:
        places_of_words = []
        for each in rows:
            places = self.columns.places_of(each.numbers)
            places = places[places < len(mask)]
            if each.word.album_ids:
                has = np.zeros(len(mask), np.bool_)
                has[places] = True
                for album_id in each.word.album_ids:
                    has |= self.columns.albums.mask(album_id, len(mask))
                places = np.flatnonzero(has)
            places_of_words.append(places)
        words = score_words(places_of_words, len(mask), self.photos)
        return WordScores(words.scores, words.matched, words.found & mask)

    def _word_hits(self, words: WordScores, places: Places, depth: int, scan: Scan) -> LegHits:
        """Where more photos score equally than there is room for, those stay that are nearest to the query's vector."""
        falling = -words.scores[places]
        farther = -scan.vectors[0][1].scores[places] if scan.vectors else falling
        order = np.lexsort((farther, falling))
        places = places[order[:depth]]
        return LegHits(
            Leg.WORDS,
            self.columns.photo_ids(places),
            words.scores[places].tolist(),
            matched=words.matched[places].tolist(),
        )

    def _hits(self, leg: Leg, scores: Scores, places: Places, depth: int, space: str) -> LegHits:
        falling = -scores[places]
        if len(places) > depth:  # all that score as the last one: which of them stay must not depend on the depth
            kept = falling <= np.partition(falling, depth - 1)[depth - 1]
            places, falling = places[kept], falling[kept]
        places = places[np.argsort(falling, kind="stable")[:depth]]
        return LegHits(leg, self.columns.photo_ids(places), scores[places].tolist(), space=space)

    def _listing(self, query: IndexQuery, mask: Mask) -> LegHits:
        """Newest first, ties by photo_id, undated ones last."""
        places = np.flatnonzero(mask)
        older = ~self.columns.rows["instant"][places]  # the complement reverses the order without an overflow
        if len(places) > query.depth:
            kept = older <= np.partition(older, query.depth - 1)[query.depth - 1]
            places, older = places[kept], older[kept]
        order = np.lexsort((self.columns.rows["photo_id"][places], older))[: query.depth]
        scores = (~older[order]).astype(np.float64)
        return LegHits(Leg.LISTING, self.columns.photo_ids(places[order]), scores.tolist())

    def _seen(self, legs: Sequence[LegHits], mask: Mask, found: Mask) -> Mask:
        """The photos that facets count: what the legs returned, or everything that a listing keeps."""
        if any(hits.leg is Leg.LISTING for hits in legs):
            return mask
        ids = np.array([photo_id.encode() for hits in legs for photo_id in hits.photo_ids])
        seen: Mask = found & np.isin(self.columns.rows["photo_id"][: len(mask)], ids) if len(ids) else found & False
        return seen


def load_owner(connection: sqlite3.Connection, shard: int) -> Owner:
    """Read an owner's columns and vectors."""
    owner = Owner(shard)
    query = "SELECT number, photo_id, revision, record, names FROM documents WHERE shard = ? ORDER BY number"
    rows = connection.execute(query, (shard,)).fetchall()
    if not rows:
        return owner
    numbers, photo_ids, revisions, records, names = zip(*rows, strict=True)
    owner.columns.load(numbers, photo_ids, revisions, b"".join(records))
    owner.columns.load_names(map(unpack_names, names))
    cursor = connection.execute("SELECT space, number, vector FROM vectors WHERE shard = ?", (shard,))
    while part := cursor.fetchmany(_LOAD_ROWS):
        for space in {row[0] for row in part}:
            own = [row for row in part if row[0] == space]
            vectors = np.frombuffer(b"".join(row[2] for row in own), "<f4").reshape(len(own), -1)
            places = owner.columns.places_of(np.array([row[1] for row in own], np.int64))
            owner._space(space, vectors.shape[1]).load(places, vectors)
    return owner


def _names_of(document: IndexDocument) -> Names:
    facts = document.facts
    return facts.place, facts.camera, facts.media_type, facts.tags, facts.album_ids
