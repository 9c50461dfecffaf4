"""Decoding YuNet: boxes, five points and scores at three strides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from tintype.vision.ports import Matrix, Tensor
from tintype.vision.processing.boxes import keep_best

STRIDES: Final = (8, 16, 32)
MULTIPLE: Final = 32
POINTS: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Faces in pixels of the model's input: corners float32 [n, 4], points [n, 5, 2], scores [n], best first."""

    corners: Matrix
    points: Matrix
    scores: Matrix


def decode(outputs: Mapping[str, Tensor], *, height: int, width: int, score: float, overlap: float) -> Found:
    """Decode the first row of a batch.

    Args:
        outputs: `cls_s` and `obj_s` [1, cells, 1], `bbox_s` [1, cells, 4], `kps_s` [1, cells, 10] for each stride s.
        height, width: of the model's input.
        score: the least sqrt(cls * obj) that counts.
        overlap: above it the better face suppresses the other.
    Source: libfacedetection.train.
    """
    parts = [_decode_stride(outputs, stride, height=height, width=width, score=score) for stride in STRIDES]
    corners, points, scores = (np.concatenate([part[index] for part in parts]) for index in range(3))
    kept = keep_best(corners, scores, overlap=overlap)
    return Found(corners[kept], points[kept], scores[kept])


def _decode_stride(
    outputs: Mapping[str, Tensor], stride: int, *, height: int, width: int, score: float
) -> tuple[Matrix, Matrix, Matrix]:
    """Only cells above the threshold are decoded: there are 8,400 at 640 px, and hardly ever more than 100 count."""
    classes, objects, boxes, points = (
        np.asarray(outputs[f"{name}_{stride}"], np.float32)[0] for name in ("cls", "obj", "bbox", "kps")
    )
    scores = np.sqrt(np.clip(classes[:, 0], 0, 1) * np.clip(objects[:, 0], 0, 1))
    cells = np.flatnonzero(scores >= score)
    rows, columns = np.divmod(cells, width // stride)
    origin = np.stack([columns, rows], axis=1).astype(np.float32)
    centre = (origin + boxes[cells, :2]) * stride
    half = np.exp(boxes[cells, 2:]) * stride / 2
    spread = (points[cells].reshape(-1, POINTS, 2) + origin[:, None]) * stride
    return np.concatenate([centre - half, centre + half], axis=1), spread, scores[cells]
