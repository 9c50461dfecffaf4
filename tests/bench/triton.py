"""`triton_clip`: the image encoder through Triton by our engine, against bare ONNX Runtime in this process.

Both get the same pixels in requests of 16 to 32, two in flight, and may use all cores; the client shares them.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from tests.bench.ingest import LEAST_COSINE
from tests.bench.library import fresh_home
from tests.bench.measure import Progress, Row, compared, paired
from tests.bench.pictures import MODELS
from tests.servers import Servers
from tests.triton_models import triton_with

from tintype.kit.urls import Url
from tintype.vision.engines.triton import TritonEngine
from tintype.vision.engines.triton_models import on_triton
from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import store_of
from tintype.vision.ports import Matrix, Tensor
from tintype.vision.settings import VisionSettings

ROWS: Final = (16, 24, 32)
REQUESTS: Final = 12
IN_FLIGHT: Final = 2
PAIRS: Final = 5
MARK: Final = 0.9
MODEL: Final = "image_encoder"

Encode = Callable[[Tensor], Awaitable[Tensor]]


async def encoded(encode: Encode, requests: list[Tensor]) -> float:
    """Pictures a second."""
    queue, start = iter(requests), time.perf_counter()

    async def lane() -> None:
        for pixels in queue:
            await encode(pixels)

    await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
    return sum(len(pixels) for pixels in requests) / (time.perf_counter() - start)


def bare(graph: Path) -> Encode:
    """One session on all cores."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    def run(pixels: Tensor) -> Tensor:
        return np.asarray(session.run(["image_embeds"], {"pixels": pixels})[0])

    return lambda pixels: asyncio.to_thread(run, pixels)


async def run(progress: Progress, *, servers: Servers) -> list[Row]:
    """The row; none where there is no pack."""
    if not MODELS.is_dir():
        progress.say("triton: no models here, left out")
        return []
    progress.say(f"triton: {REQUESTS} requests of {ROWS[0]} to {ROWS[-1]} pictures, {PAIRS} pairs")
    with fresh_home() as home:
        settings = VisionSettings(model_pack="development", models_mirror=MODELS, models_home=Path(home))
        url = Url(await triton_with(settings, servers))
        manifest = load_manifest("development")
        pack = store_of(settings).installed(manifest)
        assert pack is not None
        name = pack.model_name(MODEL)
        async with TritonEngine.open(url, deadline=settings.triton_deadline) as engine:
            engine.serve(on_triton(manifest))

            async def through(pixels: Tensor) -> Tensor:
                return (await engine.infer(name, {"pixels": pixels}))["image_embeds"]

            return [await _row(bare(pack.hosted()[name].path), through)]


async def _row(reference: Encode, candidate: Encode) -> Row:
    chance = np.random.default_rng(1)
    requests = [chance.integers(0, 256, (rows, 224, 224, 3), np.uint8) for rows in ROWS * (REQUESTS // len(ROWS))]
    expected, found = _units(await reference(requests[0])), _units(await candidate(requests[0]))
    assert np.sum(expected * found, axis=1).min() > LEAST_COSINE, "Triton's vectors are others than ONNX Runtime's"
    references, candidates = await paired(
        lambda: encoded(reference, requests), lambda: encoded(candidate, requests), pairs=PAIRS
    )
    note = f"pack development, uint8 pixels, {IN_FLIGHT} requests in flight"
    return compared("triton_clip", "pictures/s", references, candidates, least=MARK, note=note)


def _units(vectors: Tensor) -> Matrix:
    found: Matrix = np.asarray(vectors, np.float32)
    lengths: Matrix = np.linalg.norm(found, axis=1, keepdims=True)
    return np.divide(found, lengths, dtype=np.float32)
