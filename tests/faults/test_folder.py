"""K3 and K4 where the library is one process on one folder: it stands still, and the network before it misbehaves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.disturb import HARMS, Disturb
from tests.faults.folder import Folder, running_folder
from tests.faults.proxy import Proxy
from tests.faults.scale import scaled
from tests.faults.storm import Freeze, storm

pytestmark = [pytest.mark.faults, pytest.mark.timeout(scaled(600, 14_400))]

FREEZES = scaled(3, 80)
SHORTEST_S, LONGEST_S = 6, scaled(8, 90)  # ack_wait is 5 s here
TROUBLES = scaled(5, 100)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with running_folder(tmp_path) as running:
        yield running


async def test_frozen_during_an_import(folder: Folder) -> None:
    chance = random.Random(3)
    owner = await folder.owner("k3")
    faults = [Freeze(folder.process, chance.uniform(SHORTEST_S, LONGEST_S)) for _ in range(FREEZES)]
    await storm(owner, faults, owner.drawn(8 * FREEZES, poisons=3), chance)
    assert await folder.repaired(owner) < 120


async def test_a_troubled_network_during_an_import(folder: Folder) -> None:
    chance = random.Random(4)
    async with Proxy.before(folder.library.address) as proxy:
        owner = await folder.owner("k4", front=proxy.address)
        faults = [Disturb(proxy, HARMS[number % len(HARMS)]) for number in range(TROUBLES)]
        await storm(owner, faults, owner.drawn(6 * TROUBLES), chance)
    owner.address = folder.library.address
    assert await folder.repaired(owner) < 120
