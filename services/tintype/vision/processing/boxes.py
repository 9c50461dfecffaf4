"""Boxes of detectors: overlap, suppression, and from pixels to fractions of a picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tintype.vision.ports import Box, Matrix


def keep_best(boxes: Matrix, scores: Matrix, *, overlap: float) -> npt.NDArray[np.intp]:
    """Indices of the boxes that no better one overlaps by more than `overlap` (intersection over union), best first.

    Args:
        boxes: float32 [n, 4]: left, top, right, bottom.
        scores: float32 [n].
    """
    order = np.argsort(-scores, kind="stable")
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    kept: list[int] = []
    while len(order):
        best, order = int(order[0]), order[1:]
        kept.append(best)
        corner = np.minimum(boxes[best, 2:], boxes[order, 2:]) - np.maximum(boxes[best, :2], boxes[order, :2])
        shared = np.prod(np.maximum(corner, 0), axis=1)
        union = areas[best] + areas[order] - shared
        order = order[shared <= overlap * np.maximum(union, np.finfo(np.float32).tiny)]
    return np.array(kept, np.intp)


def keep_best_by_class(
    boxes: Matrix, scores: Matrix, classes: npt.NDArray[np.intp], *, overlap: float
) -> npt.NDArray[np.intp]:
    """The same, where boxes of different classes never suppress each other."""
    apart = (classes * (float(boxes.max(initial=0.0)) + 1.0)).astype(np.float32)[:, None]
    return keep_best(boxes + apart, scores, overlap=overlap)


def fraction_box(corners: Matrix, *, width: float, height: float) -> Box:
    """A box in pixels (left, top, right, bottom), cut at the edges of the picture, as fractions of it."""
    left, right = (float(np.clip(x / width, 0, 1)) for x in (corners[0], corners[2]))
    top, bottom = (float(np.clip(y / height, 0, 1)) for y in (corners[1], corners[3]))
    return Box(left=left, top=top, width=max(0.0, right - left), height=max(0.0, bottom - top))
