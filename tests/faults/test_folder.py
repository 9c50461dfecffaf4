"""K3 and K4 where the library is one process on one folder: it stands still, and the network before it misbehaves."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.drawn import noise
from tests.faults.attempt import CHUNK, OK, told
from tests.faults.disturb import HARMS, Disturb
from tests.faults.folder import Folder, running_folder
from tests.faults.owner import Owner
from tests.faults.proxy import Proxy, Trouble
from tests.faults.scale import scaled
from tests.faults.storm import Freeze, storm

pytestmark = [pytest.mark.faults, pytest.mark.timeout(scaled(600, 14_400))]

FREEZES = scaled(3, 80)
SHORTEST_S, LONGEST_S = 6, scaled(8, 90)  # ack_wait is 5 s here
TROUBLES = scaled(5, 100)
SHORT_S, LONG_S = 3.0, 30.0  # patience of a client; 700 KB take 11 s at 64 KiB/s
RIGHT = {
    Trouble.LATENCY: OK,
    Trouble.RESETS: "UNAVAILABLE",
    Trouble.CUT: "UNAVAILABLE",
    Trouble.HALF_OPEN: "DEADLINE_EXCEEDED",
    Trouble.THROTTLE: "DEADLINE_EXCEEDED",
}


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


async def test_what_a_client_is_told_while_the_network_fails_and_afterwards(folder: Folder, tmp_path: Path) -> None:
    async with Proxy.before(folder.library.address) as proxy:
        owner = await folder.owner("k4", front=proxy.address)
        for number, harm in enumerate(RIGHT):
            file, struck = tmp_path / f"{number}.png", proxy.struck
            file.write_bytes(noise(number))
            assert (harm, await told_under(harm, proxy, owner, file)) == (harm, RIGHT[harm])
            assert proxy.struck > struck
            assert await told(owner, file, within_s=20) == OK
    owner.address = folder.library.address
    assert await folder.repaired(owner) < 120


async def told_under(harm: Trouble, proxy: Proxy, owner: Owner, file: Path) -> str:
    """The status of an upload of which some bytes have passed; if it is about speed, of one that begins now."""
    patience_s = SHORT_S if RIGHT[harm] == "DEADLINE_EXCEEDED" else LONG_S
    held, passed = asyncio.Event(), proxy.passed
    if harm is Trouble.THROTTLE:
        proxy.begin(harm)
        held.set()
    calling = asyncio.create_task(told(owner, file, within_s=patience_s, held=held))
    try:
        while not held.is_set():
            if proxy.passed > passed + CHUNK:
                proxy.begin(harm)
                held.set()
            await asyncio.sleep(0.01)
        return await calling
    finally:
        proxy.end()
