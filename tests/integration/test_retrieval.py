"""Photos are found by what people said of them as well as the encoders can do it, and not worse with words fused in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.bench.retrieval import DEPTHS, EQUAL, all_ranks, captioned, recall
from tests.elastic import remove_indices
from tests.servers import Servers

from tintype.kit.urls import Url

PHOTOS = 120
CAPTIONS = 2  # of each photo; the benchmark asks for all
NOISE = 0.01  # two captions of 240: so few say little about the fusion


@pytest.mark.retrieval
@pytest.mark.timeout(120)
async def test_photos_are_found_by_their_captions(samples: Path, models: Path, tmp_path: Path) -> None:
    await found_by_captions(samples, tmp_path, {})


@pytest.mark.servers
@pytest.mark.timeout(180)
async def test_photos_are_found_by_their_captions_on_elasticsearch(
    samples: Path, models: Path, tmp_path: Path, servers: Servers, namespace: str
) -> None:
    url = Url(servers.url("index", namespace))
    try:
        await found_by_captions(samples, tmp_path, {"TINTYPE_INDEX_URL": url.secret})
    finally:
        await remove_indices(url)


async def found_by_captions(samples: Path, home: Path, environment: Mapping[str, str]) -> None:
    small = [photo for photo in captioned(samples) if photo.file.name.startswith("f")][:PHOTOS]
    asked = [replace(photo, captions=photo.captions[:CAPTIONS]) for photo in small]
    bare, alone, fused = await all_ranks(home, asked, environment=environment)
    for depth in DEPTHS:
        assert abs(recall(alone, depth) - recall(bare, depth)) <= EQUAL, depth
        assert recall(fused, depth) >= recall(alone, depth) - NOISE, depth
