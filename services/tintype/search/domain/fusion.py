"""Fusing legs by reciprocal rank, and saying how each hit came about.

Ranks forget by how much one photo beats the next: with a stock name like IMG_4120 every photo of the camera has half of
the words, at the rank behind the one photo that has them all, and the order of the vectors decides. So a photo that has
every word of the query gains twice in the leg of words: as much as the first of both legs together, and more than a
photo with a part of the words can gain in these two. Among photos that all have every word, or none, nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tintype.search.domain.query import Leg, LegHits

RANK_CONSTANT: Final = 60  # Cormack, Clarke and Buettcher (SIGIR 2009): damps the first ranks against the rest
EVERY_WORD: Final = 2.0  # of the weight, for a photo that has all words: 2/61 is more than 1/62 for a part and 1/61


@dataclass(frozen=True, slots=True)
class LegPart:
    """How one leg found a photo: its rank (from 1; equal scores share one), its raw score and what it added."""

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
    for index, score in enumerate(scores):
        ranks.append(ranks[-1] if index and score == scores[index - 1] else index + 1)
    return ranks


class Fusion:
    """The fused order of a search. A photo's parts are made only when they are asked for, which few photos are."""

    def __init__(self, legs: Sequence[LegHits], weights: Mapping[Leg, float]) -> None:
        self._legs = [(hits, weights.get(hits.leg, 1.0)) for hits in legs]
        self._ranks = [ranks_of(hits.scores) for hits in legs]
        self._gains = [
            _gains(hits, ranks, weight) for (hits, weight), ranks in zip(self._legs, self._ranks, strict=True)
        ]
        self._indices: list[dict[str, int]] = [
            {photo_id: index for index, photo_id in enumerate(hits.photo_ids)} for hits in legs
        ]
        self._scores = self._fused()

    def order(self) -> list[str]:
        """The photos by falling score, ties by photo_id."""
        return sorted(self._scores, key=lambda photo_id: (-self._scores[photo_id], photo_id))

    def hit(self, photo_id: str) -> FusedHit:
        """A photo of `order` with its parts."""
        return FusedHit(photo_id, self._scores[photo_id], tuple(self._parts(photo_id)))

    def _fused(self) -> dict[str, float]:
        """Several spaces of one leg count as one: the best of them, or photos that have both vectors would gain."""
        scores: dict[str, float] = {}
        for leg in dict.fromkeys(hits.leg for hits, _ in self._legs):
            best: dict[str, float] = {}
            for (hits, weight), gains in zip(self._legs, self._gains, strict=True):
                if hits.leg is leg and weight > 0:
                    for photo_id, gain in zip(hits.photo_ids, gains, strict=True):
                        if gain > best.get(photo_id, 0.0):
                            best[photo_id] = gain
            for photo_id, gain in best.items():
                scores[photo_id] = scores.get(photo_id, 0.0) + gain
        return scores

    def _parts(self, photo_id: str) -> list[LegPart]:
        parts: dict[Leg, LegPart] = {}
        legs = zip(self._legs, self._ranks, self._gains, self._indices, strict=True)
        for (hits, weight), ranks, gains, indices in legs:
            index = indices.get(photo_id)
            if index is None or weight <= 0:
                continue
            gain = gains[index]
            matched = hits.matched[index] if hits.matched else 0.0
            part = LegPart(hits.leg, hits.space, ranks[index], hits.scores[index], gain, matched)
            if hits.leg not in parts or gain > parts[hits.leg].contribution:
                parts[hits.leg] = part
        return list(parts.values())


def _gains(hits: LegHits, ranks: Sequence[int], weight: float) -> list[float]:
    """What each photo of a leg gains by its rank, and by having every word where the leg is that of words."""
    if hits.leg is not Leg.WORDS or not hits.matched:
        return [weight / (RANK_CONSTANT + rank) for rank in ranks]
    return [
        weight * (EVERY_WORD if matched >= 1.0 else 1.0) / (RANK_CONSTANT + rank)
        for rank, matched in zip(ranks, hits.matched, strict=True)
    ]
