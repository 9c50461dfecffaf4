"""`thumbnail_after`, `searchable_after`: from an acknowledged upload, in a library that has nothing else to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from tests.bench.ingest import NO_TEXT, PACK
from tests.bench.library import fresh_home, library, signed_in
from tests.bench.measure import Progress, Row, Samples
from tests.bench.pictures import MODELS, real_photos

from tintype.v1 import photo_pb2, search_service_pb2
from tintype_sdk import Client
from tintype_sdk.errors import NotFound

PHOTOS = 40
WARM_UP = 3


async def thumbnail_after(client: Client, photo_id: str, start: float) -> float:
    """Seconds until the thumbnail can be fetched."""
    while True:
        try:
            async for _ in client.media.read(photo_id, photo_pb2.VARIANT_THUMBNAIL):
                return time.perf_counter() - start
        except NotFound:
            await asyncio.sleep(0.01)


async def searchable_after(client: Client, photo_id: str, start: float) -> float:
    """Seconds until the photo is found by its own vector."""
    request = search_service_pb2.SearchPhotosRequest(like_photo_id=photo_id, page_size=5)
    while True:
        try:
            answer = await client.search.photos(request=request)
            if any(hit.photo.photo_id == photo_id for hit in answer.hits):
                return time.perf_counter() - start
        except NotFound:
            pass
        await asyncio.sleep(0.02)


async def run(progress: Progress) -> list[Row]:
    return await measured(progress, PACK | NO_TEXT, p50=1.0)


async def measured(progress: Progress, environment: Mapping[str, str], *, p50: float) -> list[Row]:
    """The rows of a library with these settings; `p50` is what `searchable_after` has to reach."""
    files = real_photos(PHOTOS + WARM_UP)
    if not files or not MODELS.is_dir():
        progress.say("latency: no real photos or models here, left out")
        return []
    progress.say(f"latency: {len(files)} uploads one by one, development pack")
    thumbnails: list[float] = []
    searchable: list[float] = []
    with fresh_home() as home:
        async with library(Path(home), environment=environment) as at, signed_in(at.address, "latency") as client:
            for number, file in enumerate(files):
                uploaded = await client.uploads.upload_file(file)
                start = time.perf_counter()
                photo_id = uploaded.photo.photo_id
                seen, found = await asyncio.gather(
                    thumbnail_after(client, photo_id, start), searchable_after(client, photo_id, start)
                )
                if number >= WARM_UP:
                    thumbnails.append(seen)
                    searchable.append(found)
    return [
        _row("thumbnail_after", thumbnails, p50=0.5, p95=1.0),
        _row("searchable_after", searchable, p50=p50, p95=2.0),
    ]


def _row(name: str, values: list[float], *, p50: float, p95: float) -> Row:
    samples = Samples(tuple(values))
    met = samples.percentile(0.5) <= p50 and samples.percentile(0.95) <= p95
    return Row(name, "s", samples, mark=f"p50 <= {p50}, p95 <= {p95}", met=met, latencies=True, note="pack development")
