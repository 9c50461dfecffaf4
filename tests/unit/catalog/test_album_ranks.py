"""There is always room between two ranks."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tintype.catalog.domain.rank import rank_behind, rank_between


def test_appended_ranks_grow_and_stay_short() -> None:
    ranks, last = [], ""
    for number in range(5_000):
        last = rank_behind(last, photo_id=f"p{number}")
        ranks.append(last)
    assert ranks == sorted(ranks)
    assert max(map(len, ranks)) <= 12


def test_photos_added_at_once_differ() -> None:
    assert rank_behind("", photo_id="a") != rank_behind("", photo_id="b")


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=300))
def test_a_rank_between_two_sorts_between_them(places: list[int]) -> None:
    ranks: list[str] = []
    for number, place in enumerate(places):
        index = place % (len(ranks) + 1)
        low = ranks[index - 1] if index else ""
        high = ranks[index] if index < len(ranks) else ""
        rank = rank_between(low, high, photo_id=f"p{number}")
        assert low < rank
        assert not high or rank < high
        ranks.insert(index, rank)


def test_many_moves_to_one_place_keep_their_order() -> None:
    low, high = rank_behind("", photo_id="a"), rank_behind(rank_behind("", photo_id="a"), photo_id="b")
    for number in range(300):
        rank = rank_between(low, high, photo_id=f"p{number}")
        assert low < rank < high
        low, high = (rank, high) if random.Random(number).random() < 0.5 else (low, rank)
    assert len(rank) < 120


def test_moves_to_the_front_keep_their_order() -> None:
    first = rank_behind("", photo_id="a")
    for number in range(1_000):
        rank = rank_between("", first, photo_id=f"p{number}")
        assert rank < first
        first = rank
