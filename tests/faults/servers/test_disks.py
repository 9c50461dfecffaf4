"""K7 at night: the disk of the originals is full or read-only for a while, under the S3 server."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator

import pytest
from tests.conftest import shared_folder
from tests.faults.attempt import told
from tests.faults.disk import MIB, Disk, Full, ReadOnly, mounted, needs_disks
from tests.faults.owner import Owner
from tests.faults.scale import at_night, scaled
from tests.faults.servers.world import World, running_world
from tests.faults.storm import storm

pytestmark = [
    needs_disks,
    at_night,
    pytest.mark.servers,
    pytest.mark.faults,
    pytest.mark.timeout(scaled(600, 3_600)),
]

TIMES = scaled(2, 4)
SECONDS = 5.0
ANSWER_S = 30.0
SIZE = 512 * MIB


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Disk]]:
    """A deployment whose originals and derived pictures lie on a small disk."""
    shared_folder("models")
    folder = tmp_path_factory.mktemp("world")
    data = folder / "servers" / "minio" / "data"
    with mounted(folder / "disk", data, size=SIZE) as disk, running_world(folder) as world:
        yield world, disk


def refused(owner: Owner, *statuses: str) -> Callable[[], Awaitable[None]]:
    """An upload now is told one of these."""
    (file,) = owner.drawn(1, first=99_000)

    async def probe() -> None:
        assert await told(owner, file, within_s=ANSWER_S) in statuses

    return probe


async def test_a_full_disk_of_originals_during_an_import(on_disk: tuple[World, Disk]) -> None:
    world, disk = on_disk
    owner = await world.owner("k7-full")
    faults = [Full(disk, SECONDS, refused(owner, "RESOURCE_EXHAUSTED"))] * TIMES
    await storm(owner, faults, owner.drawn(10 * TIMES, first=80_000), random.Random(73))
    assert owner.errors["ResourceExhausted"] > 0
    assert await world.repaired(owner) < 120


async def test_a_read_only_disk_of_originals_during_an_import(on_disk: tuple[World, Disk]) -> None:
    world, disk = on_disk
    owner = await world.owner("k7-read-only")
    faults = [ReadOnly(disk, SECONDS, refused(owner, "UNAVAILABLE"))] * TIMES
    await storm(owner, faults, owner.drawn(10 * TIMES, first=81_000), random.Random(74))
    assert await world.repaired(owner) < 120
