"""`ingest`: real photos through the whole library, against a bare loop over the same decode, variants and models."""

from __future__ import annotations

import asyncio
import itertools
import time
from pathlib import Path

from tests.bench.library import Library, count_ready, fresh_home, library, signed_in
from tests.bench.measure import Progress, Row, compared, paired
from tests.bench.pictures import MODELS, real_photos

from tintype.imaging.decode import decode
from tintype.imaging.ports import FitWithin, Probe, Request
from tintype.imaging.probe import probe
from tintype.imaging.settings import ImagingSettings
from tintype.kit.urls import Url
from tintype.vision import connect as vision
from tintype.vision.ports import Vision
from tintype.vision.settings import VisionSettings

PHOTOS = 120
PAIRS = 5
STREAMS = 4
PACK = {"TINTYPE_MODEL_PACK": "development", "TINTYPE_MODELS_MIRROR": str(MODELS)}
# Text is a stage of its own after READY, with a row of its own: here it would run beside the next pair's reference.
NO_TEXT = {"TINTYPE_CATALOG_TEXT": "false"}


async def bare(files: list[Path], models: Vision, target: Path) -> float:
    """Photos a second of one plain process: decode, write both variants, look with every model."""
    request = Request(variants={"small": FitWithin(640)})
    pixels = ImagingSettings().most_pixels
    start = time.perf_counter()
    for file in files:
        data = file.read_bytes()
        header = probe(data, file_name=file.name, complete=True, most_pixels=pixels)
        assert isinstance(header, Probe)
        decoded = decode(data, header.format, request, most_pixels=pixels)
        assert decoded.derived is not None
        (target / "preview.jpg").write_bytes(decoded.derived.preview_jpeg)
        (target / "thumbnail.jpg").write_bytes(decoded.derived.thumbnail_jpeg)
        small = decoded.variants["small"]
        await asyncio.gather(models.embed_images([small]), models.detect_faces(small), models.labels(small))
    return len(files) / (time.perf_counter() - start)


async def through(files: list[Path], at: Library, user_name: str) -> float:
    """Photos a second from the first byte sent until the last photo is fully processed."""
    async with signed_in(at.address, user_name) as client:
        queue = iter(files)
        start = time.perf_counter()

        async def stream() -> None:
            for file in queue:
                await client.uploads.upload_file(file, backlog=True)

        async with asyncio.TaskGroup() as group:
            for _ in range(STREAMS):
                group.create_task(stream())
        while await count_ready(client) < len(files):
            await asyncio.sleep(0.05)
        return len(files) / (time.perf_counter() - start)


async def run(progress: Progress) -> list[Row]:
    files = real_photos(PHOTOS)
    if not files or not MODELS.is_dir():
        progress.say("ingest: no real photos or models here, left out")
        return []
    progress.say(f"ingest: {len(files)} real photos, development pack, {PAIRS} pairs")
    users = itertools.count()
    settings = VisionSettings(model_pack="development", models_mirror=MODELS)
    with fresh_home() as home, fresh_home() as target:
        async with (
            library(Path(home), environment=PACK | NO_TEXT) as at,
            vision.connect(Url("onnx:"), settings) as models,
        ):
            reference, candidate = await paired(
                lambda: bare(files, models, Path(target)),
                lambda: through(files, at, f"ingest{next(users)}"),
                pairs=PAIRS,
            )
    return [
        compared(
            "ingest", "photos/s", reference, candidate, least=0.6, note="pack development, client on the same cores"
        )
    ]
