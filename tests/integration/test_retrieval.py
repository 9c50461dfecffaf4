"""Photos are found by what people said of them as well as the encoders can do it, and not worse with words fused in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.bench.retrieval import DEPTHS, EQUAL, all_ranks, captioned, recall

PHOTOS = 120
CAPTIONS = 2  # of each photo; the benchmark asks for all
NOISE = 0.01  # two captions of 240: so few say little about the fusion


@pytest.mark.retrieval
@pytest.mark.timeout(120)
async def test_photos_are_found_by_their_captions(samples: Path, models: Path, tmp_path: Path) -> None:
    small = [photo for photo in captioned(samples) if photo.file.name.startswith("f")][:PHOTOS]
    bare, alone, fused = await all_ranks(
        tmp_path, [replace(photo, captions=photo.captions[:CAPTIONS]) for photo in small]
    )
    for depth in DEPTHS:
        assert abs(recall(alone, depth) - recall(bare, depth)) <= EQUAL, depth
        assert recall(fused, depth) >= recall(alone, depth) - NOISE, depth
