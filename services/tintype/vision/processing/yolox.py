"""Decoding YOLOX: one row a cell, with a box, an objectness and a score for each class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tintype.vision.ports import Matrix
from tintype.vision.processing.boxes import keep_best_by_class

STRIDES: Final = (8, 16, 32)
BOX_AND_OBJECT: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Things in pixels of the model's input: corners float32 [n, 4], scores [n], classes [n], best first."""

    corners: Matrix
    scores: Matrix
    classes: npt.NDArray[np.intp]


@lru_cache(maxsize=4)
def _grid(side: int) -> tuple[Matrix, Matrix]:
    origins, strides = [], []
    for stride in STRIDES:
        cells = side // stride
        rows, columns = np.divmod(np.arange(cells * cells), cells)
        origins.append(np.stack([columns, rows], axis=1))
        strides.append(np.full((cells * cells, 1), stride))
    return np.concatenate(origins).astype(np.float32), np.concatenate(strides).astype(np.float32)


def decode(output: Matrix, *, side: int, floor: float, overlap: float) -> Found:
    """Decode one picture.

    Args:
        output: float32 [cells, 5 + classes], raw: offsets and logarithms of sizes, then probabilities.
        side: of the model's square input.
        floor: the least objectness * class score.
        overlap: above it the better box of the same class suppresses the other.
    Source: YOLOX (Ge et al., 2021).
    """
    origins, strides = _grid(side)
    likely = np.flatnonzero(output[:, 4] >= floor)  # the product cannot reach the floor elsewhere
    rows, origins, strides = output[likely], origins[likely], strides[likely]
    scores = rows[:, 4:5] * rows[:, BOX_AND_OBJECT:]
    classes = scores.argmax(axis=1) if len(rows) else np.zeros(0, np.intp)
    best = scores[np.arange(len(rows)), classes]
    centre = (rows[:, :2] + origins) * strides
    half = np.exp(rows[:, 2:4]) * strides / 2
    corners = np.concatenate([centre - half, centre + half], axis=1)
    sure = np.flatnonzero(best >= floor)
    kept = sure[keep_best_by_class(corners[sure], best[sure], classes[sure], overlap=overlap)]
    return Found(corners[kept], best[kept], classes[kept])
