"""K7: no descriptors or no memory is left for a while; what cannot be done is refused, and all goes on by itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.folder import Folder, running_folder
from tests.faults.scale import scaled
from tests.faults.starve import NoDescriptors, NoMemory
from tests.faults.storm import storm

pytestmark = [pytest.mark.faults, pytest.mark.timeout(scaled(600, 3_600))]

TIMES = scaled(2, 20)
SECONDS = 4.0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with running_folder(tmp_path) as running:
        yield running


async def test_without_descriptors_during_an_import(folder: Folder) -> None:
    chance = random.Random(7)
    owner = await folder.owner("k7")
    faults = [NoDescriptors(folder.process, SECONDS) for _ in range(TIMES)]
    await storm(owner, faults, owner.drawn(10 * TIMES), chance)
    assert await folder.repaired(owner) < 120


async def test_without_memory_during_an_import(folder: Folder) -> None:
    chance = random.Random(70)
    owner = await folder.owner("k7")
    faults = [NoMemory(folder.process, SECONDS) for _ in range(TIMES)]
    await storm(owner, faults, owner.drawn(10 * TIMES), chance)
    assert await folder.repaired(owner) < 120
