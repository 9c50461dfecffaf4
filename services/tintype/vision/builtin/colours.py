"""The colours of a picture in CIELAB, by the eleven names that most languages have."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tintype.vision.ports import Matrix, RgbImage

PROTOTYPES: Final = {
    "black": "000000 0c0c0c 1c1c1c 101418",
    "white": "ffffff f4f4f4 e8e8e8 eef4fa faf6f0",
    "grey": "808080 a8a8a8 505050 c4c4c4 6e7680 989088 3a3a3a",
    "red": "ff0000 d01c1c 8b0000 e03c31 b22222 a01828",
    "orange": "ffa500 ff7f27 ff8c00 e8743b f08030 d86820",
    "yellow": "ffff00 ffd700 f5e050 ffee88 e0c030",
    "green": "008000 00c000 228b22 6b8e23 8fbf5f 2e5d34 556b2f 3a7a3a 70a040 1f3d22 00ff00",
    "blue": "0000ff 1428dc 2030b0 3c3cf0 1e50c8 87ceeb 4682b4 000080 5b9bd5 a8d0ee 20406a 1a78b0 4060e0 00a0d0",
    "purple": "800080 8a2be2 9370db 6a3d9a 5a2070 b070d0",
    "pink": "ffc0cb ff69b4 ff1493 e8a0b0 f0a8c8 e87898",
    "brown": "8b4513 654321 a0522d 6f4e37 9a6a3c 4a3020 b08a5a",
}
"""Several shades for each name, because names cover uneven parts of the space."""

_TO_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
) / np.array([[0.95047], [1.0], [1.08883]])


def lab_of(image: RgbImage) -> Matrix:
    """CIELAB (D65) of sRGB: float32 of the same shape; L in 0 to 100, a and b around 0."""
    value = image.astype(np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    light = 116 * root[..., 1] - 16
    return np.stack([light, 500 * (root[..., 0] - root[..., 1]), 200 * (root[..., 1] - root[..., 2])], axis=-1).astype(
        np.float32
    )


LAB_WEIGHTS: Final = np.array([0.6, 1.0, 1.0], np.float32)
NAMES: Final = tuple(PROTOTYPES)
_SHADES: Final = np.concatenate(
    [
        lab_of(np.array([list(bytes.fromhex(shade)) for shade in shades.split()], np.uint8))
        for shades in PROTOTYPES.values()
    ]
)
_NAME_OF_SHADE: Final = np.repeat(np.arange(len(NAMES)), [len(shades.split()) for shades in PROTOTYPES.values()])


def names_of(lab: Matrix) -> npt.NDArray[np.intp]:
    """The index in NAMES of the nearest shade to each pixel; hue counts more than lightness, as it does for names."""
    shades = _SHADES * LAB_WEIGHTS
    distance = (shades**2).sum(axis=1) - 2 * ((lab * LAB_WEIGHTS) @ shades.T)  # without the pixel's own square
    return np.asarray(_NAME_OF_SHADE[distance.argmin(axis=-1)], np.intp)
