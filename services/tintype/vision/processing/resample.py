"""Arrays to the size that a model takes. Pillow resamples: its bicubic is what the encoders were trained with."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from tintype.vision.ports import RgbImage

# Big pictures shrink by a whole factor first. For an encoder to no less than twice the size that is wanted: half the
# time, vectors 0.9997 alike. Detectors and classifiers were trained on less careful copies: a third of the time.
CAREFUL_GAP: Final = 2.0
QUICK_GAP: Final = 1.0
PAD: Final = 114  # the grey that YOLOX was trained with


def resized(image: RgbImage, *, width: int, height: int, quick: bool = False) -> RgbImage:
    """Bicubic with antialiasing, or bilinear where it may be `quick`."""
    if image.shape[:2] == (height, width):
        return image
    small = Image.fromarray(np.ascontiguousarray(image)).resize(
        (width, height),
        Image.Resampling.BILINEAR if quick else Image.Resampling.BICUBIC,
        reducing_gap=QUICK_GAP if quick else CAREFUL_GAP,
    )
    return np.asarray(small)


def centre_square(image: RgbImage, side: int, *, quick: bool = False) -> RgbImage:
    """The middle of a picture whose shorter side becomes `side`, as CLIP sees it; uint8 [side, side, 3]."""
    height, width = image.shape[:2]
    scale = side / min(height, width)
    fitted = resized(image, width=max(side, round(width * scale)), height=max(side, round(height * scale)), quick=quick)
    top, left = (fitted.shape[0] - side) // 2, (fitted.shape[1] - side) // 2
    return fitted[top : top + side, left : left + side]


def squashed(image: RgbImage, side: int) -> RgbImage:
    """The whole picture as a square, aspect lost, as SigLIP sees it."""
    return resized(image, width=side, height=side)


def letterboxed(image: RgbImage, side: int) -> tuple[RgbImage, float]:
    """The whole picture in the top left of a grey square, and the scale that it was resized by."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    fitted = resized(image, width=max(1, round(width * scale)), height=max(1, round(height * scale)), quick=True)
    canvas = np.full((side, side, 3), PAD, np.uint8)
    canvas[: fitted.shape[0], : fitted.shape[1]] = fitted
    return canvas, scale


def padded(image: RgbImage, *, long_side: int, multiple: int, square: bool = False) -> tuple[RgbImage, float]:
    """At the picture's own aspect, never enlarged, padded with black at the right and bottom.

    Returns: the picture, whose sides are multiples of `multiple` (or `long_side` by `long_side`), and its scale.
    """
    height, width = image.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    fitted = resized(image, width=max(1, round(width * scale)), height=max(1, round(height * scale)), quick=True)
    rows, columns = (long_side if square else -(-size // multiple) * multiple for size in fitted.shape[:2])
    canvas = np.zeros((rows, columns, 3), np.uint8)
    canvas[: fitted.shape[0], : fitted.shape[1]] = fitted
    return canvas, scale
