"""K11: five times as many calls as a process serves at once, for a minute: it refuses what is too much, and lives."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import grpc
import pytest
from tests.e2e.test_hostile_import import rss_bytes
from tests.faults.scale import NIGHTLY, scaled
from tests.faults.servers.world import World
from tools.library import Library

from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1.catalog_service_pb2_grpc import CatalogServiceStub

pytestmark = [
    pytest.mark.servers,
    pytest.mark.faults,
    pytest.mark.timeout(1_200),
    pytest.mark.skipif(not NIGHTLY, reason="its latencies hold on a machine that does nothing else: at night"),
]

SERVED = 16  # at once
CALLERS = 5 * SERVED
LASTS_S = 60.0
TIMES = scaled(1, 3)
DEADLINE_S = 5.0
PAUSE_S = 0.05  # after a refusal
SLOWEST_S = 2.0
MOST_RSS_BYTES = 250 << 20


@dataclass
class Load:
    """What became of the calls."""

    statuses: Counter[str] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)  # of those that were served
    peak_bytes: int = 0


async def test_five_times_too_many_calls_for_a_minute(world: World, tmp_path: Path) -> None:
    owner = await world.owner("k11")
    async with owner.client() as client:
        for file in owner.drawn(20, first=60_000):
            await owner.upload(client, file)
    like = world.deployment.processes["catalog"]
    few = {**like.environment, "TINTYPE_MAX_CONCURRENT_RPCS": str(SERVED)}
    other = Library(tmp_path / "catalog", few, inherited=like.inherited, services=("catalog",))
    await asyncio.to_thread(other.start)
    tokens = owner.tokens.load()
    assert tokens is not None
    try:
        for _ in range(TIMES):
            load = await loaded(other, [("authorization", f"Bearer {tokens.access_token}")])
            owner.faults += load.statuses["RESOURCE_EXHAUSTED"]
            assert load.statuses.keys() <= {"OK", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"}, load.statuses
            assert load.statuses["RESOURCE_EXHAUSTED"] > 0
            assert quantiles(load.took_s, n=100)[98] <= SLOWEST_S
            assert load.peak_bytes < MOST_RSS_BYTES
    finally:
        assert await asyncio.to_thread(other.stop) == 0
    assert await world.repaired(owner) < 120


async def loaded(process: Library, metadata: list[tuple[str, str]]) -> Load:
    """So many callers, each of whom asks again as soon as it is answered."""
    load, end = Load(), time.monotonic() + LASTS_S

    async def call(stub: CatalogServiceStub) -> None:
        while (begun := time.monotonic()) < end:
            try:
                await stub.ListPhotos(pb.ListPhotosRequest(), metadata=metadata, timeout=DEADLINE_S)
            except grpc.aio.AioRpcError as error:
                load.statuses[error.code().name] += 1
                await asyncio.sleep(PAUSE_S)
            else:
                load.statuses["OK"] += 1
                load.took_s.append(time.monotonic() - begun)

    async def watch() -> None:
        while time.monotonic() < end:
            load.peak_bytes = max(load.peak_bytes, await asyncio.to_thread(rss_bytes, process.child.pid))
            await asyncio.sleep(1)

    async with grpc.aio.insecure_channel(process.address) as channel, asyncio.TaskGroup() as all_of_them:
        all_of_them.create_task(watch())
        stub = CatalogServiceStub(channel)
        for _ in range(CALLERS):
            all_of_them.create_task(call(stub))
    return load
