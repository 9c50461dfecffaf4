"""Fusing legs by reciprocal rank, and saying how each hit came about.

Ranks forget by how much one photo beats the next: with a stock name like IMG_4120 every photo of the camera has half of
the words, at the rank behind the one photo that has them all, and the order of the vectors decides. So a photo that has
every word of the query gains twice in the leg of words: as much as the first of both legs together, and more than a
photo with a part of the words can gain in these two. Among photos that all have every word, or none, nothing changes.

A leg is asked for as many hits as a page needs, and later pages need more; the order must not change under them. So
only the hits in the window of a leg add up. Behind it a photo gains by its best place alone, if that is more: and that
is less than what those before it have, wherever else it may still turn up. So the first N photos are the same for every
depth from N on that is not below the windows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tintype.search.domain.query import Leg, LegHits

RANK_CONSTANT: Final = 60  # Cormack, Clarke and Buettcher (SIGIR 2009): damps the first ranks against the rest
EVERY_WORD: Final = 2.0  # of the weight, for a photo that has all words: 2/61 is more than 1/62 for a part and 1/61
WINDOW: Final = 250  # hits of a leg; the next one would add 0.003 to a photo, and 1,000 take a server 3 ms longer


@dataclass(frozen=True, slots=True)
class LegPart:
    """How one leg found a photo: its rank (from 1; equal scores of a window share one), its raw score and its gain."""

    leg: Leg
    space: str
    rank: int
    score: float
    contribution: float
    matched: float = 0.0


@dataclass(frozen=True, slots=True)
class FusedHit:
    """A photo that at least one leg found; `score` is the sum of the contributions that count."""

    photo_id: str
    score: float
    parts: tuple[LegPart, ...]


def ranks_of(scores: Sequence[float]) -> list[int]:
    """Competition ranks of falling scores: one more than how many score higher."""
    ranks: list[int] = []
    rank, last = 0, 0.0
    for place, score in enumerate(scores, 1):
        if score != last or not rank:
            rank, last = place, score
        ranks.append(rank)
    return ranks


class Fusion:
    """The fused order of a search. A photo's parts are made only when they are asked for, which few photos are."""

    def __init__(self, legs: Sequence[LegHits], weights: Mapping[Leg, float], *, window: int = WINDOW) -> None:
        counted = [(hits, weights.get(hits.leg, 1.0)) for hits in legs]
        self._legs = [_Ranked.of(hits, weight, window) for hits, weight in counted if weight > 0]
        self._scores = self._added_up()
        self._behind = self._best_behind()

    def order(self) -> list[str]:
        """The photos by falling score, ties by photo_id."""
        scores = self._scores | self._behind
        return sorted(sorted(scores), key=scores.__getitem__, reverse=True)

    def hit(self, photo_id: str) -> FusedHit:
        """A photo of `order` with its parts. Those that do not count, on the other side of a window, add 0."""
        behind = photo_id in self._behind
        parts = self._parts(photo_id, behind=behind)
        if behind:
            best = max(parts, key=lambda part: part.contribution)
            parts = [part if part is best else replace(part, contribution=0.0) for part in parts]
        return FusedHit(photo_id, (self._behind if behind else self._scores)[photo_id], tuple(parts))

    def _added_up(self) -> dict[str, float]:
        """Several spaces of one leg count as one: the best of them, or photos that have both vectors would gain."""
        gained: dict[Leg, dict[str, float]] = {}
        for leg in self._legs:
            found = dict(zip(leg.hits.photo_ids, leg.gains[: leg.window], strict=False))
            for photo_id, gain in gained.get(leg.hits.leg, {}).items():
                found[photo_id] = max(gain, found.get(photo_id, 0.0))
            gained[leg.hits.leg] = found
        scores: dict[str, float] = {}
        for found in gained.values():
            for photo_id, gain in found.items():
                scores[photo_id] = scores.get(photo_id, 0.0) + gain
        return scores

    def _best_behind(self) -> dict[str, float]:
        """What photos gain behind the windows, where it is more than in them."""
        best: dict[str, float] = {}
        for leg in self._legs:
            for photo_id, gain in zip(leg.hits.photo_ids[leg.window :], leg.gains[leg.window :], strict=True):
                if gain > max(best.get(photo_id, 0.0), self._scores.get(photo_id, 0.0)):
                    best[photo_id] = gain
        return best

    def _parts(self, photo_id: str, *, behind: bool) -> list[LegPart]:
        parts: dict[Leg, LegPart] = {}
        for leg in self._legs:
            part = leg.part(photo_id)
            if part is None:
                continue
            if (leg.indices[photo_id] >= leg.window) is not behind:
                part = replace(part, contribution=0.0)
            if part.leg not in parts or part.contribution > parts[part.leg].contribution:
                parts[part.leg] = part
        return list(parts.values())


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """A leg with the rank of each hit and what it gains by it. Behind the window each has a rank of its own."""

    hits: LegHits
    window: int
    ranks: Sequence[int]
    gains: Sequence[float]
    indices: Mapping[str, int]

    @classmethod
    def of(cls, hits: LegHits, weight: float, window: int) -> _Ranked:
        size = len(hits.photo_ids)
        ranks = ranks_of(hits.scores[:window]) + list(range(window + 1, size + 1))
        indices = dict(zip(hits.photo_ids, range(size), strict=True))
        return cls(hits, window, ranks, _gains(hits, ranks, weight, window), indices)

    def part(self, photo_id: str) -> LegPart | None:
        index = self.indices.get(photo_id)
        if index is None:
            return None
        hits = self.hits
        matched = hits.matched[index] if hits.matched else 0.0
        return LegPart(hits.leg, hits.space, self.ranks[index], hits.scores[index], self.gains[index], matched)


def _gains(hits: LegHits, ranks: Sequence[int], weight: float, window: int) -> list[float]:
    """What each photo of a leg gains by its rank, and by having every word where the leg is that of words."""
    gains = [weight / (RANK_CONSTANT + rank) for rank in ranks]
    for index, matched in enumerate(hits.matched[:window] if hits.leg is Leg.WORDS else ()):
        if matched >= 1.0:
            gains[index] *= EVERY_WORD
    return gains
