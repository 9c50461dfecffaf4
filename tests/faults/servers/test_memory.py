"""K7: the workers get no more memory for a while; no photo fails for it, and all goes on by itself."""

from __future__ import annotations

import random

import pytest
from tests.faults.scale import scaled
from tests.faults.servers.world import World
from tests.faults.starve import NoMemory
from tests.faults.storm import storm

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(scaled(600, 3_600))]

TIMES = scaled(1, 10)  # for each worker
SECONDS = 4.0


async def test_workers_without_memory_during_an_import(world: World) -> None:
    chance = random.Random(71)
    owner = await world.owner("k7-memory")
    workers = [each for each in world.processes if each.name.startswith("analysis")]
    faults = [NoMemory(each, SECONDS) for each in workers * TIMES]
    await storm(owner, faults, owner.drawn(20 * len(faults), poisons=2, first=70_000), chance)
    assert await world.repaired(owner) < 120
