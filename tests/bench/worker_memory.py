"""`worker_memory`: how far the memory of a worker grows from its warm-up to the end, in a process of its own.

No limit is set: what lies in memory, decoders included, is compared with 2 GiB at each look. The photos are made for
the row, each another file of one size; TINTYPE_BENCH_PHOTOS says how many.
"""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.bench.library import Library, fresh_home, library, signed_in, until_ready
from tests.bench.measure import Progress, Row, Samples
from tests.bench.pictures import MODELS, synthetic_photo, varied

from tintype.kit.settings import secret_in
from tintype_sdk import Client

PHOTOS: Final = int(os.environ.get("TINTYPE_BENCH_PHOTOS", "3000"))
WARM_UP: Final = PHOTOS // 6
LOOKS: Final = 20
STREAMS: Final = 4
MOST_GROWTH: Final = 0.05
LIMIT: Final = 2 << 30
REST: Final = ("accounts", "catalog", "upload", "search")


async def run(progress: Progress, *, environment: Mapping[str, str]) -> list[Row]:
    """The row; none where there is no pack."""
    if not MODELS.is_dir():
        progress.say("memory: no models here, left out")
        return []
    progress.say(f"memory: {PHOTOS} photos through one worker")
    with fresh_home() as folder:
        home = Path(folder)
        for name in ("rest", "worker"):
            await asyncio.to_thread((home / name).mkdir)
        secret_in(home, "service.key")
        shared = {**environment, "TINTYPE_SERVICE_SECRET_FILE": str(home / "secrets" / "service.key")}
        async with library(home / "rest", *REST, environment=shared) as rest:
            at = {"TINTYPE_SERVICES": ",".join(f"{name}={rest.address}" for name in REST)}
            async with (
                library(home / "worker", "analysis", environment={**shared, **at}) as worker,
                signed_in(rest.address, "memory") as client,
            ):
                return [await _row(client, worker, home)]


async def _row(client: Client, worker: Library, home: Path) -> Row:
    picture = synthetic_photo(1, width=1200, height=900)
    numbers = itertools.count()
    found: list[float] = []
    await _uploaded(client, picture, numbers, WARM_UP, home)
    for _ in range(LOOKS):
        await _uploaded(client, picture, numbers, (PHOTOS - WARM_UP) // LOOKS, home)
        found.append(worker.resident_mib())
    growth = Samples(tuple(each / found[0] - 1 for each in found[1:]))
    note = f"{PHOTOS} photos, {found[0]:.0f} MiB after the first {WARM_UP}, {found[-1]:.0f} at the end"
    met = growth.values[-1] < MOST_GROWTH and max(found) < LIMIT / 2**20
    return Row("worker_memory", "growth", growth, mark=f"< {MOST_GROWTH} at the end", met=met, note=note)


async def _uploaded(client: Client, picture: bytes, numbers: itertools.count[int], count: int, home: Path) -> None:
    """So many more photos, until all are done."""

    async def stream(share: int) -> None:
        for _ in range(share):
            number = next(numbers)
            file = home / f"{number}.jpg"
            await asyncio.to_thread(file.write_bytes, varied(picture, number))
            await client.uploads.upload_file(file, backlog=True)
            await asyncio.to_thread(file.unlink)

    await asyncio.gather(*(stream(count // STREAMS) for _ in range(STREAMS)))
    await until_ready(client)
