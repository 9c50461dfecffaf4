"""ThumbHash, encoding only: a picture blurred into some 25 bytes, after the algorithm that Evan Wallace published.

The colours become lightness, yellow-blue and red-green; of each the lowest frequencies of a cosine transform are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tintype.imaging.ports import RgbImage

LONGEST_SIDE_PX: Final = 100  # the format's; more detail would not survive
_LIGHTNESS_LIMIT: Final = 7
_COLOUR_SIZE: Final = 3


def thumbhash(image: RgbImage) -> bytes:
    """Encode an opaque picture, its longest side at most LONGEST_SIDE_PX."""
    height, width = image.shape[:2]
    red, green, blue = np.moveaxis(image.astype(np.float64) / 255, 2, 0)
    longest = max(width, height)
    lx, ly = (max(1, _round(_LIGHTNESS_LIMIT * side / longest)) for side in (width, height))
    lightness = _transform((red + green + blue) / 3, max(3, lx), max(3, ly))
    yellow = _transform((red + green) / 2 - blue, _COLOUR_SIZE, _COLOUR_SIZE)
    redness = _transform(red - green, _COLOUR_SIZE, _COLOUR_SIZE)
    landscape = width > height
    first = (
        _round(63 * lightness[0])
        | _round(31.5 + 31.5 * yellow[0]) << 6
        | _round(31.5 + 31.5 * redness[0]) << 12
        | _round(31 * lightness[1]) << 18
    )
    second = (
        (ly if landscape else lx) | _round(63 * yellow[1]) << 3 | _round(63 * redness[1]) << 9 | int(landscape) << 15
    )
    waves = np.concatenate((lightness[2], yellow[2], redness[2]))
    nibbles = np.floor(15 * waves + 0.5).astype(np.uint8)
    if len(nibbles) % 2:
        nibbles = np.append(nibbles, np.uint8(0))
    packed = nibbles[::2] | nibbles[1::2] << 4
    return first.to_bytes(3, "little") + second.to_bytes(2, "little") + packed.tobytes()


def _transform(channel: NDArray[np.float64], nx: int, ny: int) -> tuple[float, float, NDArray[np.float64]]:
    """The mean, the largest wave, and all waves of the triangle of low frequencies, scaled to 0..1."""
    height, width = channel.shape
    across = np.cos(np.pi / width * np.outer(np.arange(nx), np.arange(width) + 0.5))
    down = np.cos(np.pi / height * np.outer(np.arange(ny), np.arange(height) + 0.5))
    table = down @ channel @ across.T / (width * height)
    waves = np.array([table[cy, cx] for cy in range(ny) for cx in range(nx) if cx * ny < nx * (ny - cy) and cx + cy])
    scale = float(np.abs(waves).max())
    return float(table[0, 0]), scale, 0.5 + 0.5 / scale * waves if scale else waves


def _round(value: float) -> int:
    """Half up, as the published encoder does."""
    return int(value + 0.5)
