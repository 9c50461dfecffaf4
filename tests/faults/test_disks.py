"""K7: the disk of the library is full or read-only for a while; uploads are told so, and all goes on by itself."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from tests.faults.attempt import told
from tests.faults.disk import MIB, Disk, Full, ReadOnly, mounted, needs_disks
from tests.faults.folder import Folder, running_folder
from tests.faults.owner import Owner
from tests.faults.scale import scaled
from tests.faults.storm import storm

pytestmark = [needs_disks, pytest.mark.faults, pytest.mark.timeout(scaled(300, 3_600))]

TIMES = scaled(2, 20)
SECONDS = 3.0
ANSWER_S = 20.0
SIZE = 256 * MIB


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[Folder, Disk]]:
    """Everything lies on the disk: databases, blobs, log."""
    with mounted(tmp_path / "disk", tmp_path / "home", size=SIZE) as disk, running_folder(tmp_path) as folder:
        yield folder, disk


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[tuple[Folder, Disk]]:
    """The blobs lie on the disk, as on a network drive."""
    blobs = tmp_path / "home" / "blobs"
    with mounted(tmp_path / "disk", blobs, size=SIZE) as disk, running_folder(tmp_path) as folder:
        yield folder, disk


def refused(owner: Owner, status: str) -> Callable[[], Awaitable[None]]:
    """An upload now is told this."""
    (file,) = owner.drawn(1, first=99_000)

    async def probe() -> None:
        assert await told(owner, file, within_s=ANSWER_S) == status

    return probe


async def test_a_full_disk_during_an_import(full: tuple[Folder, Disk]) -> None:
    folder, disk = full
    owner = await folder.owner("k7-full")
    faults = [Full(disk, SECONDS, refused(owner, "RESOURCE_EXHAUSTED"))] * TIMES
    await storm(owner, faults, owner.drawn(10 * TIMES), random.Random(71))
    assert owner.errors["ResourceExhausted"] > 0
    assert await folder.repaired(owner) < 120


async def test_a_read_only_disk_of_blobs_during_an_import(read_only: tuple[Folder, Disk]) -> None:
    folder, disk = read_only
    owner = await folder.owner("k7-read-only")
    faults = [ReadOnly(disk, SECONDS, refused(owner, "UNAVAILABLE"))] * TIMES
    await storm(owner, faults, owner.drawn(10 * TIMES), random.Random(72))
    assert await folder.repaired(owner) < 120
