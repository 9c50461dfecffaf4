"""K7: the stream of facts is full for a while; uploads go on, facts wait with their photos, and then all is told."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, replace

import nats
import pytest
from nats.js.client import JetStreamContext
from nats.js.errors import APIError
from tests.faults.scale import scaled
from tests.faults.servers.world import NAMESPACE, World
from tests.faults.storm import storm

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(scaled(600, 3_600))]

TIMES = scaled(2, 20)
FULL_S = 5.0
STORE_FAILED = 10077


@dataclass(frozen=True)
class NoRoom:
    """The stream takes no more facts for a while; one of ours is refused."""

    stream: JetStreamContext

    async def happen(self) -> None:
        info = await self.stream.stream_info(NAMESPACE)
        await self.stream.update_stream(replace(info.config, max_bytes=max(1, info.state.bytes)))
        try:
            await asyncio.sleep(FULL_S)
            with pytest.raises(APIError) as refused:
                await self.stream.publish(f"{NAMESPACE}.v1.nobody.Nothing.person", bytes(1024))
            assert refused.value.err_code == STORE_FAILED
        finally:
            await self.stream.update_stream(info.config)


async def test_a_full_stream_during_an_import(world: World) -> None:
    chance = random.Random(7)
    owner = await world.owner("k7")
    async with await nats.connect(world.instances["nats"].urls()["events"]) as client:
        faults = [NoRoom(client.jetstream()) for _ in range(TIMES)]
        await storm(owner, faults, owner.drawn(20 * TIMES, first=50_000), chance)
    assert await world.repaired(owner) < 120
