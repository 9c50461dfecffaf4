"""`triton_clip`: pictures a second through the CLIP stage on Triton against bare ONNX Runtime on the same graph."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from tests.bench.measure import Progress, Row, compared, paired
from tests.bench.pictures import MODELS
from tests.servers import Servers
from tests.triton_models import triton_with

from tintype.kit.urls import Url
from tintype.vision.engines.triton import TritonEngine
from tintype.vision.engines.triton_models import on_triton
from tintype.vision.manifest import load_manifest
from tintype.vision.pack_store import graph_file, store_of
from tintype.vision.ports import Tensor
from tintype.vision.settings import VisionSettings

PACK: Final = "development"
ROWS: Final = (16, 24, 32, 16, 32, 24, 16, 32)
IN_FLIGHT: Final = 4
PAIRS: Final = 6
LEAST: Final = 0.9


async def run(progress: Progress, servers: Servers) -> list[Row]:
    """Needs the weights of the development pack beside the clone."""
    if not MODELS.is_dir():
        progress.say("triton: no models here, left out")
        return []
    progress.say(f"triton: {PAIRS} pairs of {sum(ROWS)} pictures in requests of {min(ROWS)} to {max(ROWS)}")
    settings = VisionSettings(model_pack=PACK, models_mirror=MODELS, download=False)
    url = Url(f"{await triton_with(settings, servers)}?shared_memory=true")
    manifest = load_manifest(PACK)
    assert manifest.encoder is not None
    name = manifest.encoder.image
    pack = store_of(settings).installed(manifest)
    assert pack is not None
    session = bare_session(pack.path(graph_file(manifest, manifest.models[name])))
    requests = [pixels(rows, seed) for seed, rows in enumerate(ROWS)]
    async with TritonEngine.open(url, deadline=settings.triton_deadline) as engine:
        engine.serve(on_triton(manifest))
        found = await paired(
            lambda: asyncio.to_thread(bare, session, requests),
            lambda: through(engine, pack.model_name(name), requests),
            pairs=PAIRS,
        )
    note = f"requests of {min(ROWS)} to {max(ROWS)}, {IN_FLIGHT} in flight, inputs in shared memory"
    return [compared("triton_clip", "pictures/s", *found, least=LEAST, note=note)]


def bare_session(graph: Path) -> ort.InferenceSession:
    """One session with a thread for each core, as its own documentation advises."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = os.cpu_count() or 1
    options.log_severity_level = 3
    return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def bare(session: ort.InferenceSession, requests: list[Tensor]) -> float:
    start = time.perf_counter()
    for request in requests:
        session.run(None, {"pixels": request})
    return sum(ROWS) / (time.perf_counter() - start)


async def through(engine: TritonEngine, model: str, requests: list[Tensor]) -> float:
    waiting = iter(requests)

    async def ask() -> None:
        for request in waiting:
            await engine.infer(model, {"pixels": request})

    start = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(IN_FLIGHT)))
    return sum(ROWS) / (time.perf_counter() - start)


def pixels(rows: int, seed: int) -> Tensor:
    return np.random.default_rng(seed).integers(0, 255, (rows, 224, 224, 3), np.uint8)
