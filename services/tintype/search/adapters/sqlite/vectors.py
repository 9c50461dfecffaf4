"""An owner's vectors of one space in memory, in blocks, so that growing copies nothing; scanned exactly."""

from __future__ import annotations

from threading import Event
from typing import Final

import numpy as np
import numpy.typing as npt

from tintype.search.adapters.sqlite.columns import Mask
from tintype.search.domain.document import Vector

Scores = npt.NDArray[np.float32]

# Rows; 128 MiB at 512 dimensions, of which only what is written to takes memory. A product shares its work between
# threads, which wait for each other at its end: an eighth as many rows took a third longer on busy cores. A cancelled
# scan ends with its block, within 10 ms.
BLOCK: Final = 65_536
# Below this share of rows, copying the wanted ones together is faster than multiplying all of a block.
_SPARSE: Final = 0.15
_TOGETHER: Final = 1024  # rows that are copied at a time: 2 MiB stay in the cache of a core


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

    def scan(self, query: Vector, wanted: Mask, stop: Event) -> Scores:
        """The similarity of each wanted place to the query; what stands at the others means nothing.

        Ends early, with what it has, once `stop` is set.
        """
        scores = np.zeros(len(wanted), np.float32)
        for block, vectors in enumerate(self._blocks):
            part = wanted[block * BLOCK : (block + 1) * BLOCK]
            count = int(np.count_nonzero(part))
            if stop.is_set() or not len(part):
                break
            out = scores[block * BLOCK : block * BLOCK + len(part)]
            if count > _SPARSE * len(part):
                np.dot(vectors[: len(part)], query, out=out)
            elif count:
                _compare(vectors, query, np.flatnonzero(part), out)
        return scores

    @property
    def nbytes(self) -> int:
        """The memory that its rows take; the rest of the last block was not written to, and takes none."""
        return self._rows * self.dimensions * np.dtype(np.float32).itemsize


def _compare(vectors: npt.NDArray[np.float32], query: Vector, places: npt.NDArray[np.int64], out: Scores) -> None:
    for first in range(0, len(places), _TOGETHER):
        some = places[first : first + _TOGETHER]
        out[some] = vectors[some] @ query
