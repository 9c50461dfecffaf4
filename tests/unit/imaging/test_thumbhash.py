"""ThumbHash, read back by the published decoder."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from tintype.imaging.thumbhash import thumbhash


def decode(hash_: bytes) -> tuple[NDArray[np.float64], bool, int]:
    """The published decoder for opaque hashes: an average and the low waves; returns 32 px on the longest side."""
    first, second = int.from_bytes(hash_[:3], "little"), int.from_bytes(hash_[3:5], "little")
    landscape = bool(second >> 15)
    lx, ly = (7, second & 7) if landscape else (second & 7, 7)
    scales = ((first >> 18 & 31) / 31, (second >> 3 & 63) / 63 * 1.25, (second >> 9 & 63) / 63 * 1.25)
    means = ((first & 63) / 63, (first >> 6 & 63) / 31.5 - 1, (first >> 12 & 63) / 31.5 - 1)
    nibbles = iter([nibble for byte in hash_[5:] for nibble in (byte & 15, byte >> 4)])
    width, height = (32, round(32 * ly / lx)) if landscape else (round(32 * lx / ly), 32)
    channels = []
    for mean, scale, (nx, ny) in zip(means, scales, ((max(3, lx), max(3, ly)), (3, 3), (3, 3)), strict=True):
        channel = np.full((height, width), mean)
        for cy in range(ny):
            for cx in range(nx):
                if cx * ny < nx * (ny - cy) and cx + cy:
                    wave = (next(nibbles) / 7.5 - 1) * scale * 2
                    across = np.cos(math.pi / width * cx * (np.arange(width) + 0.5))
                    down = np.cos(math.pi / height * cy * (np.arange(height) + 0.5))
                    channel = channel + wave * np.outer(down, across)
        channels.append(channel)
    lightness, yellow, redness = channels
    blue = lightness - 2 / 3 * yellow
    red = (3 * lightness - blue + redness) / 2
    return np.clip(np.stack((red, red - redness, blue), axis=2), 0, 1), landscape, len(hash_)


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 128, 255), (10, 10, 10), (255, 255, 255), (120, 200, 60)])
def test_one_colour_comes_back(colour: tuple[int, int, int]) -> None:
    pixels = np.full((40, 60, 3), colour, np.uint8)
    decoded, landscape, size = decode(thumbhash(pixels))
    assert np.abs(decoded.mean(axis=(0, 1)) * 255 - colour).max() < 8
    assert landscape
    assert size <= 25


def test_a_bright_left_half_comes_back_on_the_left() -> None:
    pixels = np.zeros((50, 100, 3), np.uint8)
    pixels[:, :50] = 255
    decoded, _, _ = decode(thumbhash(pixels))
    width = decoded.shape[1]
    assert decoded[:, : width // 4].mean() > 0.8
    assert decoded[:, -width // 4 :].mean() < 0.2


def test_a_portrait_says_so_and_keeps_its_proportions() -> None:
    decoded, landscape, _ = decode(thumbhash(np.zeros((100, 50, 3), np.uint8)))
    assert not landscape
    assert decoded.shape[0] / decoded.shape[1] == pytest.approx(2, rel=0.2)


def test_the_same_picture_has_the_same_hash_and_another_has_not() -> None:
    pixels = np.random.default_rng(7).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    assert thumbhash(pixels) == thumbhash(pixels.copy())
    assert thumbhash(pixels) != thumbhash(pixels[::-1])


def test_a_single_pixel_has_a_hash() -> None:
    assert len(thumbhash(np.full((1, 1, 3), 90, np.uint8))) >= 5
