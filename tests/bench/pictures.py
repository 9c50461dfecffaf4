"""Inputs: real photos where they are, and synthetic ones from a seed."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

SHARED = Path(__file__).resolve().parents[3] / "shared"
SAMPLES = SHARED / "samples"
MODELS = SHARED / "models"


def real_photos(most: int) -> list[Path]:
    """Full-size photos of several sets, the same ones each time."""
    found = [
        *sorted((SAMPLES / "captioned").glob("c*.jpg")),
        *sorted((SAMPLES / "labelled").glob("*.jpg")),
        *sorted((SAMPLES / "trip").glob("*.jpg")),
        *sorted((SAMPLES / "burst").glob("*.jpg")),
    ]
    return found[:: max(1, len(found) // most)][:most]


def synthetic_photo(seed: int, *, width: int = 4000, height: int = 3000) -> bytes:
    """1/f noise as a JPEG, quality 90, 4:2:0: about 5 MB at 12 megapixels."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), np.float32)
    for octave in range(1, 12):
        cells = 2**octave
        small = rng.standard_normal((min(cells * 3, height), min(cells * 4, width), 3)).astype(np.float32)
        channels = [
            Image.fromarray(small[..., channel]).resize((width, height), Image.Resampling.BILINEAR)
            for channel in range(3)
        ]
        picture += np.stack([np.asarray(channel) for channel in channels], axis=-1) * (60 / octave)
    pixels = np.clip(picture + 128, 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=90, subsampling=2)
    return stream.getvalue()


def varied(jpeg: bytes, number: int) -> bytes:
    """The same picture as another file: a comment right after its start."""
    comment = number.to_bytes(8, "big")
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]
