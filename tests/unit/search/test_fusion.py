"""Reciprocal rank fusion: ties, weights, spaces, explanations."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.search.domain.fusion import RANK_CONSTANT, FusedHit, Fusion, ranks_of
from tintype.search.domain.query import Leg, LegHits
from tintype.search.domain.relevance import relevance_of


def hits(leg: Leg, scores: dict[str, float], *, space: str = "", matched: tuple[float, ...] = ()) -> LegHits:
    ordered = sorted(scores, key=lambda photo_id: -scores[photo_id])
    return LegHits(leg, ordered, [scores[photo_id] for photo_id in ordered], matched, space)


def test_equal_scores_share_a_rank() -> None:
    assert ranks_of([9.0, 7.0, 7.0, 3.0]) == [1, 2, 2, 4]


def test_ranks_add_up_over_legs() -> None:
    fusion = Fusion([hits(Leg.WORDS, {"a": 2, "b": 1}), hits(Leg.VECTOR, {"b": 0.9, "c": 0.8}, space="s")], {})
    assert fusion.order() == ["b", "a", "c"]
    assert fusion.hit("b").score == pytest.approx(1 / 62 + 1 / 61)
    assert [(part.leg, part.rank) for part in fusion.hit("b").parts] == [(Leg.WORDS, 2), (Leg.VECTOR, 1)]


def test_photos_of_equal_score_come_by_their_ids() -> None:
    assert Fusion([hits(Leg.WORDS, {"b": 1, "a": 1, "c": 1})], {}).order() == ["a", "b", "c"]


def test_a_leg_of_no_weight_finds_nothing() -> None:
    fusion = Fusion([hits(Leg.WORDS, {"a": 1}), hits(Leg.VECTOR, {"b": 1})], {Leg.WORDS: 0.0})
    assert fusion.order() == ["b"]


def test_a_vector_in_two_spaces_counts_once() -> None:
    old, new = hits(Leg.VECTOR, {"both": 0.9, "old": 0.8}, space="old"), hits(Leg.VECTOR, {"both": 0.5}, space="new")
    fusion = Fusion([old, new], {})
    assert fusion.hit("both").score == pytest.approx(1 / 61)
    assert len(fusion.hit("both").parts) == 1


def test_relevance_is_the_surest_leg() -> None:
    fusion = Fusion(
        [hits(Leg.WORDS, {"a": 2, "b": 1}, matched=(0.5, 0.5)), hits(Leg.VECTOR, {"a": 0.3}, space="s")], {}
    )
    calibrations = {"s": lambda similarity: similarity * 3}
    assert relevance_of(fusion.hit("a").parts, calibrations) == pytest.approx(0.9)
    assert relevance_of(fusion.hit("b").parts, calibrations) == 0.5


def test_a_photo_with_every_word_comes_before_those_with_a_part_whatever_the_vectors_say() -> None:
    words = hits(Leg.WORDS, {"whole": 5.0, "part": 1.0, "near": 1.0}, matched=(1.0, 0.5, 0.5))
    vectors = hits(Leg.VECTOR, {"near": 0.9, "part": 0.8, "other": 0.1}, space="s")
    fusion = Fusion([words, vectors], {})
    assert fusion.order() == ["whole", "near", "part", "other"]
    assert fusion.hit("whole").score == fusion.hit("whole").parts[0].contribution == pytest.approx(2 / 61)


def test_photos_that_all_have_every_word_are_ordered_by_the_vectors() -> None:
    words = hits(Leg.WORDS, {"a": 2.0, "b": 2.0}, matched=(1.0, 1.0))
    assert Fusion([words, hits(Leg.VECTOR, {"b": 0.9, "a": 0.8}, space="s")], {}).order() == ["b", "a"]


def test_every_word_counts_as_much_as_the_leg_is_asked_to() -> None:
    words = hits(Leg.WORDS, {"whole": 5.0, "near": 1.0}, matched=(1.0, 0.5))
    vectors = hits(Leg.VECTOR, {"near": 0.9}, space="s")
    assert Fusion([words, vectors], {Leg.WORDS: 0.1}).order() == ["near", "whole"]


LEGS = st.lists(
    st.builds(
        hits,
        st.sampled_from([Leg.WORDS, Leg.VECTOR, Leg.PHOTO]),
        st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 4).map(float), max_size=8),
        space=st.sampled_from(["s", "t"]),
    ),
    max_size=4,
)


@given(LEGS, st.dictionaries(st.sampled_from([Leg.WORDS, Leg.VECTOR, Leg.PHOTO]), st.sampled_from([0.0, 0.5, 2.0])))
def test_score_is_the_sum_of_the_parts_and_orders_the_hits(legs: list[LegHits], weights: dict[Leg, float]) -> None:
    fusion = Fusion(legs, weights)
    order = [fusion.hit(photo_id) for photo_id in fusion.order()]
    found = {p for leg in legs for p in leg.photo_ids if weights.get(leg.leg, 1.0) > 0}
    assert {hit.photo_id for hit in order} == found
    assert [(-hit.score, hit.photo_id) for hit in order] == sorted((-hit.score, hit.photo_id) for hit in order)
    for hit in order:
        assert hit.score == pytest.approx(sum(part.contribution for part in hit.parts))
        assert len({part.leg for part in hit.parts}) == len(hit.parts)
        for part in hit.parts:
            assert part.contribution == pytest.approx(weights.get(part.leg, 1.0) / (RANK_CONSTANT + part.rank))


@given(LEGS)
def test_the_order_of_equal_photos_in_a_leg_changes_nothing(legs: list[LegHits]) -> None:
    turned = []
    for leg in legs:
        pairs = sorted(zip(leg.scores, leg.photo_ids, strict=True), key=lambda pair: (-pair[0], pair[1]))
        turned.append(LegHits(leg.leg, [p for _, p in pairs], [s for s, _ in pairs], (), leg.space))
    assert Fusion(legs, {}).order() == Fusion(turned, {}).order()


def deep_legs() -> st.SearchStrategy[list[LegHits]]:
    """Legs that go far beyond small windows, with ties, and photos that stand in several of them."""
    scores = st.dictionaries(st.integers(0, 40).map(lambda number: f"p{number:02d}"), st.integers(0, 30), max_size=40)
    shares = st.lists(st.sampled_from([0.5, 1.0]), min_size=40, max_size=40)

    def made(leg: Leg, scores: dict[str, int], shares: list[float], space: str) -> LegHits:
        found = hits(leg, {photo_id: float(score) for photo_id, score in scores.items()}, space=space)
        return replace(found, matched=shares[: len(scores)]) if leg is Leg.WORDS else found

    one = st.builds(made, st.sampled_from([Leg.WORDS, Leg.VECTOR, Leg.PHOTO]), scores, shares, st.sampled_from("st"))
    return st.lists(one, min_size=1, max_size=4)


SMALL: Final = 3


def cut(hits: LegHits, depth: int) -> LegHits:
    """The same leg asked for fewer hits."""
    depth = max(depth, SMALL)
    return replace(hits, photo_ids=hits.photo_ids[:depth], scores=hits.scores[:depth], matched=hits.matched[:depth])


def counted(fusion: Fusion, photo_id: str) -> FusedHit:
    """A photo with the parts that count: of the others a deeper leg shows more."""
    hit = fusion.hit(photo_id)
    assert hit.score == pytest.approx(sum(part.contribution for part in hit.parts))
    return replace(hit, parts=tuple(part for part in hit.parts if part.contribution))


@given(
    deep_legs(),
    st.dictionaries(st.sampled_from([Leg.WORDS, Leg.VECTOR, Leg.PHOTO]), st.sampled_from([0.0, 0.02, 0.5, 2.0])),
    st.integers(3, 40),
)
def test_the_first_photos_are_the_same_however_deep_the_legs_are(
    legs: list[LegHits], weights: dict[Leg, float], depth: int
) -> None:
    whole = Fusion(legs, weights, window=SMALL)
    part = Fusion([cut(hits, depth) for hits in legs], weights, window=SMALL)
    first = whole.order()[:depth]
    assert part.order()[:depth] == first
    assert [counted(part, photo_id) for photo_id in first] == [counted(whole, photo_id) for photo_id in first]
    scores = [whole.hit(photo_id).score for photo_id in whole.order()]
    assert scores == sorted(scores, reverse=True)


def test_behind_the_windows_a_photo_gains_by_its_best_place_alone() -> None:
    words = hits(Leg.WORDS, {f"w{number}": -float(number) for number in range(4)} | {"both": -4.0})
    vectors = hits(Leg.VECTOR, {f"v{number}": -float(number) for number in range(3)} | {"both": -3.0}, space="s")
    fusion = Fusion([words, vectors], {}, window=SMALL)
    assert fusion.hit("both").score == pytest.approx(1 / (RANK_CONSTANT + 4))
    assert {part.leg: part.contribution > 0 for part in fusion.hit("both").parts} == {
        Leg.WORDS: False,
        Leg.VECTOR: True,
    }


def test_a_part_behind_its_window_still_says_how_near_a_photo_is() -> None:
    vectors = hits(Leg.VECTOR, {f"v{number}": 0.9 for number in range(4)} | {"both": 0.8}, space="s")
    fusion = Fusion([hits(Leg.WORDS, {"both": 1.0}, matched=(0.5,)), vectors], {}, window=SMALL)
    assert fusion.hit("both").score == pytest.approx(1 / 61)
    assert relevance_of(fusion.hit("both").parts, {"s": lambda similarity: similarity}) == 0.8
