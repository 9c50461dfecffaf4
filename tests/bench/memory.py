"""`memory_rest`: what a library that has just started takes, and what it takes once its models are loaded."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.bench.library import fresh_home, library, signed_in
from tests.bench.measure import Progress, Row, Samples
from tests.bench.pictures import MODELS

STARTS = 3
REST_S = 3.0  # until what starts in the background has started


async def run(progress: Progress) -> list[Row]:
    """Resident memory of a fresh process with its decoders, all services, an empty library."""
    rows = [await _started(progress, "memory_rest", {"TINTYPE_MODEL_PACK": "builtin"}, "pack builtin")]
    if MODELS.is_dir():
        pack = {"TINTYPE_MODEL_PACK": "development", "TINTYPE_MODELS_MIRROR": str(MODELS)}
        rows.append(await _started(progress, "memory_rest_pack", pack, "pack development, text encoder loaded"))
    return rows


async def _started(progress: Progress, name: str, environment: dict[str, str], note: str) -> Row:
    progress.say(f"memory: {note}")
    found: list[float] = []
    for _ in range(STARTS):
        with fresh_home() as home:
            async with library(Path(home), environment=environment) as at, signed_in(at.address, "memory") as client:
                if "development" in note:
                    await client.embed.text(["a dog on a beach"])
                await asyncio.sleep(REST_S)
                found.append(at.resident_mib())
    return Row(name, "MiB", Samples(tuple(found)), note=note)
