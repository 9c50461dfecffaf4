"""K3: processes and servers stand still for longer than every deadline, and go on as if nothing had been."""

from __future__ import annotations

import asyncio
import random

import pytest
from tests.faults.scale import scaled
from tests.faults.servers.world import World
from tests.faults.storm import Freeze, storm

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(scaled(1200, 14_400))]

FREEZES = scaled(8, 80)
SHORTEST_S, LONGEST_S = 6, scaled(12, 90)  # ack_wait is 5 s here, and so is what a call to a server may take


async def test_frozen_during_an_import(world: World) -> None:
    chance = random.Random(3)
    owner = await world.owner("k3")
    everything = [*world.processes, *world.servers]
    chance.shuffle(everything)
    victims = (everything * (FREEZES // len(everything) + 1))[:FREEZES]
    faults = [Freeze(each, chance.uniform(SHORTEST_S, LONGEST_S)) for each in victims]
    await storm(owner, faults, owner.drawn(8 * FREEZES, poisons=3, first=20_000), chance)
    # A Triton that stood still loses the processes of its models, and may hang while it loads them anew: then nothing
    # but a restart helps, which is its supervisor's part. No photo may have failed for it.
    triton = world.instances["triton"]
    await asyncio.to_thread(triton.kill)
    await asyncio.to_thread(triton.start)
    assert await world.repaired(owner) < 120
