"""`make bench ON=servers`: the rows that are measured on real servers, each in a namespace of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from minio import Minio
from pymongo import MongoClient
from tests.bench import ingest, latency, search_elasticsearch, triton, upload, worker_memory
from tests.bench.ingest import NO_TEXT, PACK
from tests.bench.library import Library, fresh_home
from tests.bench.measure import Progress, Row
from tests.bench.pictures import MODELS
from tests.clean_servers import remove_namespace
from tests.servers import Servers, own_namespace, running_servers
from tests.triton_models import triton_with
from tools.deployment import urls_on

from tintype.catalog.adapters.mongo_result import load
from tintype.catalog.domain.result import EmbedResult
from tintype.catalog.domain.stage import Stage
from tintype.kit.urls import Url
from tintype.vision.ports import Matrix
from tintype.vision.settings import VisionSettings


@dataclass(frozen=True)
class Place:
    """A namespace on the servers."""

    servers: Servers
    namespace: str

    @property
    def environment(self) -> Mapping[str, str]:
        """The five URLs, as settings."""
        return urls_on(self.servers.urls, self.namespace)

    def url(self, name: str) -> str:
        """One of them."""
        return self.environment[f"TINTYPE_{name.upper()}_URL"]


ServerRows = Callable[[Progress, Place], Awaitable[list[Row]]]


@asynccontextmanager
async def own_place() -> AsyncIterator[Place]:
    """Nothing is left of it."""
    place = Place(running_servers(), own_namespace())
    try:
        yield place
    finally:
        await asyncio.to_thread(remove_namespace, place.servers, place.namespace)


async def uploads(progress: Progress, place: Place) -> list[Row]:
    bucket = f"{place.namespace}-bare"
    await asyncio.to_thread(_make_bucket, Url(place.servers.blobs), bucket)
    return await upload.run_on_servers(progress, environment=place.environment, blobs=f"{place.servers.blobs}/{bucket}")


def _make_bucket(url: Url, bucket: str) -> None:
    Minio(url.host, access_key=url.username, secret_key=url.password, secure=False).make_bucket(bucket)


async def ingests(progress: Progress, place: Place) -> list[Row]:
    with fresh_home() as packs:
        await _install(place, Path(packs))

        def stored(at: Library) -> dict[str, Matrix]:
            return stored_vectors(Url(place.url("database")))

        environment = {**PACK, **NO_TEXT, **place.environment}
        return await ingest.measured(progress, environment, stored, pairs=3, least=0.55, only_one=True)


async def latencies(progress: Progress, place: Place) -> list[Row]:
    with fresh_home() as packs:
        await _install(place, Path(packs))
        return await latency.measured(progress, {**PACK, **NO_TEXT, **place.environment}, p50=0.7)


async def searches(progress: Progress, place: Place) -> list[Row]:
    return await search_elasticsearch.run(progress, url=Url(place.url("index")))


async def encoders(progress: Progress, place: Place) -> list[Row]:
    return await triton.run(progress, servers=place.servers)


async def memory(progress: Progress, place: Place) -> list[Row]:
    with fresh_home() as packs:
        await _install(place, Path(packs))
        return await worker_memory.run(progress, environment={**PACK, **NO_TEXT, **place.environment})


def stored_vectors(database: Url) -> dict[str, Matrix]:
    """The vectors that the library keeps in MongoDB, by photo id."""
    with MongoClient[dict[str, Any]](database.secret) as client:
        rows = client[database.path.strip("/")]["results"].find({"stage": Stage.EMBED.value})
        found = [(row["photo_id"], load(row).content) for row in rows]
    return {photo_id: np.frombuffer(each.vector, "<f4") for photo_id, each in found if isinstance(each, EmbedResult)}


async def _install(place: Place, packs: Path) -> None:
    """The models of the pack into Triton's repository; no work if they are there."""
    if MODELS.is_dir():
        await triton_with(
            VisionSettings(model_pack="development", models_mirror=MODELS, models_home=packs), place.servers
        )


BENCHES: Final[Mapping[str, ServerRows]] = {
    "upload": uploads,
    "triton": encoders,
    "latency": latencies,
    "ingest": ingests,
    "memory": memory,
    "search": searches,
}


async def measure(names: Sequence[str], progress: Progress) -> list[Row]:
    """The rows of these benches, in their order."""
    rows: list[Row] = []
    for name in names or BENCHES:
        async with own_place() as place:
            rows += await BENCHES[name](progress, place)
    return rows
