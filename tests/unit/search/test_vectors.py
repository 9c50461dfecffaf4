"""Comparing a query with an owner's vectors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from tintype.search.adapters.sqlite.vectors import BLOCK, VectorColumn

SIZE = BLOCK + 3_000  # more than a block
DIMENSIONS = 4


def column(vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> VectorColumn:
    made = VectorColumn(vectors.shape[1])
    made.load(np.arange(len(vectors)), vectors)
    return made


@pytest.mark.parametrize("one_in", [1, 2, 10, 1_000])
def test_what_is_wanted_is_compared_however_little_it_is(one_in: int) -> None:
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((SIZE, DIMENSIONS)).astype(np.float32)
    query = rng.standard_normal(DIMENSIONS).astype(np.float32)
    wanted = np.arange(SIZE) % one_in == 0
    comparison = column(vectors).compare(query, wanted)
    comparison.work(Event())
    assert np.allclose(comparison.scores[wanted], (vectors @ query)[wanted], atol=1e-5)


def test_threads_share_the_work() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((SIZE, DIMENSIONS)).astype(np.float32)
    comparison = column(vectors).compare(vectors[0], np.ones(SIZE, np.bool_))
    with ThreadPoolExecutor(2) as threads:
        for worked in [threads.submit(comparison.work, Event()) for _ in range(2)]:
            worked.result()
    assert np.allclose(comparison.scores, vectors @ vectors[0], atol=1e-5)


def test_a_stopped_scan_compares_nothing_more() -> None:
    stop = Event()
    stop.set()
    comparison = column(np.ones((SIZE, DIMENSIONS), np.float32)).compare(
        np.ones(DIMENSIONS, np.float32), np.ones(SIZE, np.bool_)
    )
    comparison.work(stop)
    assert not comparison.scores.any()


def test_a_few_vectors_count_as_no_more_than_their_own_memory() -> None:
    assert column(np.ones((10, DIMENSIONS), np.float32)).nbytes == 10 * DIMENSIONS * 4
