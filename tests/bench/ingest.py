"""`ingest`: real photos through the whole library, against a bare loop over the same decode, variants and models."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
from tests.bench.library import Library, fresh_home, library, signed_in, stored_vectors, until_ready
from tests.bench.measure import Progress, Row, compared, paired
from tests.bench.pictures import MODELS, real_photos

from tintype.imaging.decode import decode
from tintype.imaging.ports import FitWithin, Probe, Request
from tintype.imaging.probe import probe
from tintype.imaging.settings import ImagingSettings
from tintype.kit.urls import Url
from tintype.vision import connect as vision
from tintype.vision.ports import Matrix, RgbImage, Vision
from tintype.vision.settings import VisionSettings

PHOTOS = 120
PAIRS = 5
STREAMS = 4
PACK = {"TINTYPE_MODEL_PACK": "development", "TINTYPE_MODELS_MIRROR": str(MODELS)}
# Text is a stage of its own after READY, with a row of its own: here it would run beside the next pair's reference.
NO_TEXT = {"TINTYPE_CATALOG_TEXT": "false"}

REQUEST = Request(variants={"small": FitWithin(640)})
PIXELS = ImagingSettings().most_pixels
LEAST_COSINE = 0.999  # batches of another size add up in another order

Vectors = dict[str, Matrix]


async def bare(files: list[Path], models: Vision, target: Path, vectors: Vectors, *, lanes: int) -> float:
    """Photos a second of one plain process: decode, write both variants, look with every model; `lanes` at a time."""
    queue = iter(files)

    async def lane(folder: Path) -> None:
        for file in queue:
            small = await asyncio.to_thread(derived, file, folder)
            rows, _, _ = await asyncio.gather(
                models.embed_images([small]), models.detect_faces(small), models.labels(small)
            )
            vectors[file.name] = rows[0]

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(lanes):
            group.create_task(lane(target / str(number)))
    return len(files) / (time.perf_counter() - start)


def derived(file: Path, folder: Path) -> RgbImage:
    """The picture for the models, once preview and thumbnail are written."""
    folder.mkdir(exist_ok=True)
    data = file.read_bytes()
    header = probe(data, file_name=file.name, complete=True, most_pixels=PIXELS)
    assert isinstance(header, Probe)
    found = decode(data, header.format, REQUEST, most_pixels=PIXELS)
    assert found.derived is not None
    (folder / "preview.jpg").write_bytes(found.derived.preview_jpeg)
    (folder / "thumbnail.jpg").write_bytes(found.derived.thumbnail_jpeg)
    return found.variants["small"]


async def through(files: list[Path], at: Library, user_name: str, ids: dict[str, str]) -> float:
    """Photos a second from the first byte sent until the last photo is fully processed."""
    async with signed_in(at.address, user_name) as client:
        queue = iter(files)
        start = time.perf_counter()

        async def stream() -> None:
            for file in queue:
                uploaded = await client.uploads.upload_file(file, backlog=True)
                ids[uploaded.photo.photo_id] = file.name

        async with asyncio.TaskGroup() as group:
            for _ in range(STREAMS):
                group.create_task(stream())
        await until_ready(client)
        return len(files) / (time.perf_counter() - start)


def check_same(bare_vectors: Vectors, library_vectors: Mapping[str, Matrix]) -> None:
    """Both sides did the same work if they found the same vectors. Raises AssertionError."""
    assert library_vectors.keys() == bare_vectors.keys(), "the library has other photos than the loop"
    for name, vector in library_vectors.items():
        cosine = float(np.dot(vector, bare_vectors[name]))
        assert cosine > LEAST_COSINE, f"{name}: the library's vector has cosine {cosine:.4f} to the loop's"


async def run(progress: Progress) -> list[Row]:
    return await measured(progress, PACK | NO_TEXT, stored_vectors, pairs=PAIRS, least=0.6)


async def measured(
    progress: Progress,
    environment: Mapping[str, str],
    stored: Callable[[Library], Mapping[str, Matrix]],
    *,
    pairs: int,
    least: float,
    only_one: bool = False,
) -> list[Row]:
    """The rows of a library with these settings; `stored` reads its vectors where they lie."""
    files = real_photos(PHOTOS)
    if not files or not MODELS.is_dir():
        progress.say("ingest: no real photos or models here, left out")
        return []
    progress.say(f"ingest: {len(files)} real photos, development pack, {pairs} pairs")
    settings = VisionSettings(model_pack="development", models_mirror=MODELS)
    pyvips.vips_lib.vips_concurrency_set(1)  # as in the library's decoders
    rows: list[Row] = []
    ways = [("ingest", 1, "one photo at a time"), ("ingest_pipelined", 2, "two in flight")]
    with fresh_home() as home, fresh_home() as target:
        async with (
            library(Path(home), environment=environment) as at,
            vision.connect(Url("onnx:"), settings) as models,
        ):
            for name, lanes, note in ways[:1] if only_one else ways:
                side = Side(name, lanes, f"bare: {note}; client on the same cores", least if lanes == 1 else 0.0)
                rows.append(await _row(side, files, at, models, Path(target), stored, pairs))
                progress.say(f"{name}: done")
    return rows


@dataclass(frozen=True)
class Side:
    """How a reference works, and what has to be reached of it."""

    name: str
    lanes: int
    note: str
    least: float


async def _row(
    side: Side,
    files: list[Path],
    at: Library,
    models: Vision,
    target: Path,
    stored: Callable[[Library], Mapping[str, Matrix]],
    pairs: int,
) -> Row:
    users = itertools.count()
    vectors: Vectors = {}
    ids: dict[str, str] = {}
    reference, candidate = await paired(
        lambda: bare(files, models, target, vectors, lanes=side.lanes),
        lambda: through(files, at, f"{side.name}{next(users)}", ids),
        pairs=pairs,
    )
    found = await asyncio.to_thread(stored, at)
    check_same(vectors, {ids[photo_id]: vector for photo_id, vector in found.items() if photo_id in ids})
    return compared(side.name, "photos/s", reference, candidate, least=side.least, note=side.note)
