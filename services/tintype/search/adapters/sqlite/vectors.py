"""An owner's vectors of one space in memory, in blocks, so that growing copies nothing; scanned exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt

from tintype.search.adapters.sqlite.columns import Mask
from tintype.search.domain.document import Vector

Scores = npt.NDArray[np.float32]

BLOCK: Final = 65_536  # rows; 128 MiB at 512 dimensions, of which only what is written to takes memory
_PART: Final = 8_192  # rows that a thread compares at a time, in half a millisecond; a cancelled scan ends with them
# Below this share of rows, copying the wanted ones together is faster than multiplying all of a block.
_SPARSE: Final = 0.15
_TOGETHER: Final = 1024  # rows that are copied at a time: 2 MiB stay in the cache of a core


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Similarities by place, of which those of unwanted places mean nothing, and what is still to be done for them."""

    scores: Scores
    _parts: Iterator[Callable[[], None]]

    def work(self, stop: Event) -> None:
        """Do parts until none is left or `stop` is set. Threads may share it; it is done once all of them return."""
        for compare in self._parts:
            if stop.is_set():
                break
            compare()


class VectorColumn:
    """The vectors of one space, at the places of the owner's columns."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._blocks: list[npt.NDArray[np.float32]] = []
        self._has: list[Mask] = []
        self._rows = 0

    def put(self, place: int, vector: Vector) -> None:
        """Set the vector of a photo."""
        self.reserve(place + 1)
        self._blocks[place // BLOCK][place % BLOCK] = vector
        self._has[place // BLOCK][place % BLOCK] = True

    def load(self, places: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32]) -> None:
        """Set many at once; `places` rise."""
        if not len(places):
            return
        self.reserve(int(places[-1]) + 1)
        for block in range(len(self._blocks)):
            first, last = np.searchsorted(places, (block * BLOCK, (block + 1) * BLOCK))
            inside = places[first:last] - block * BLOCK
            self._blocks[block][inside] = vectors[first:last]
            self._has[block][inside] = True

    def drop(self, place: int) -> None:
        """Forget the vector of a photo."""
        if place // BLOCK < len(self._has):
            self._has[place // BLOCK][place % BLOCK] = False

    def reserve(self, size: int) -> None:
        """Make room for places below `size`; memory is taken as it is written to."""
        self._rows = max(self._rows, size)
        while len(self._blocks) * BLOCK < size:
            self._blocks.append(np.zeros((BLOCK, self.dimensions), np.float32))
            self._has.append(np.zeros(BLOCK, np.bool_))

    def has(self, size: int) -> Mask:
        """Which of the first `size` places have a vector."""
        mask = np.zeros(size, np.bool_)
        for block, has in enumerate(self._has):
            part = mask[block * BLOCK : (block + 1) * BLOCK]
            part[:] = has[: len(part)]
        return mask

    def compare(self, query: Vector, wanted: Mask) -> Comparison:
        """The similarity of each wanted place to the query, once somebody has done the work."""
        scores = np.zeros(len(wanted), np.float32)
        firsts = range(0, len(wanted), _PART) if wanted.any() else ()
        return Comparison(scores, iter([partial(self._compare, query, wanted, scores, first) for first in firsts]))

    def _compare(self, query: Vector, wanted: Mask, scores: Scores, first: int) -> None:
        part, out = wanted[first : first + _PART], scores[first : first + _PART]
        vectors = self._blocks[first // BLOCK][first % BLOCK : first % BLOCK + len(part)]
        places = np.flatnonzero(part)
        if len(places) > _SPARSE * len(part):
            np.vecdot(vectors, query, out=out)  # in one thread as fast as a product of OpenBLAS in two
        else:
            for start in range(0, len(places), _TOGETHER):
                some = places[start : start + _TOGETHER]
                out[some] = np.vecdot(vectors[some], query)

    @property
    def nbytes(self) -> int:
        """The memory that its rows take; the rest of the last block was not written to, and takes none."""
        return self._rows * self.dimensions * np.dtype(np.float32).itemsize
