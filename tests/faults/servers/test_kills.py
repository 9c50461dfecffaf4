"""K1: every process and every server is killed while photos come in; nothing is lost or doubled, all is searchable.

The stand-in for MongoDB loses what it acknowledged in the last moments before a kill: it is left alone.
"""

from __future__ import annotations

import random

import pytest
from tests.faults.scale import scaled
from tests.faults.servers.world import World
from tests.faults.storm import Kill, KillBoth, KillWhileStarting, storm

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(scaled(1500, 14_400))]

KILLS = scaled(3, 20)
PHOTOS = scaled(200, 2_000)
PAIRS = scaled(8, 100)


async def test_each_killed_three_times_during_an_import(world: World) -> None:
    chance = random.Random(1)
    owner = await world.owner("k1")
    victims = [each for each in (*world.processes, *world.servers) if each.name != "mongodb"] * KILLS
    chance.shuffle(victims)
    await storm(owner, [Kill(each) for each in victims], owner.drawn(PHOTOS, poisons=6), chance)
    assert await world.repaired(owner) < 120


async def test_two_killed_at_once_and_one_while_it_starts(world: World) -> None:
    chance = random.Random(2)
    owner = await world.owner("k2")
    victims = [each for each in (*world.processes, *world.servers) if each.name != "mongodb"]
    faults = [
        KillWhileStarting(chance.choice(victims)) if number % 4 == 3 else KillBoth(*chance.sample(victims, 2))
        for number in range(PAIRS)
    ]
    await storm(owner, faults, owner.drawn(5 * PAIRS, first=10_000), chance)
    assert await world.repaired(owner) < 120
