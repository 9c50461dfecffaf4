"""K12 at night: a steady load for hours leaves the memory of every process of ours as it was."""

from __future__ import annotations

import random

import pytest
from tests.faults.scale import at_night
from tests.faults.servers.world import World
from tests.faults.soak import HOURS, MOST_GROWTH, soaked

pytestmark = [
    at_night,
    pytest.mark.servers,
    pytest.mark.faults,
    pytest.mark.timeout(1_200 + int(HOURS * 3_600)),
]


async def test_a_deployment_under_a_steady_load(world: World) -> None:
    owner = await world.owner("k12")
    growth = await soaked(owner, world.processes, random.Random(120))
    assert max(growth.values()) < MOST_GROWTH, growth
    assert await world.repaired(owner) < 120
