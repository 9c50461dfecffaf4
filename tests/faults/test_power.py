"""K6: power fails; what was acknowledged is there afterwards. Without the settings that sync, it is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deploy.native.server import Command, Place
from deploy.native.servers.minio import Minio
from deploy.native.servers.nats import Nats
from tests.faults.disk import MIB, Disk, PowerCut, mounted, needs_disks
from tests.faults.folder import Folder, running_folder
from tests.faults.on_disk import OnDisk, on_disk, originals_lost
from tests.faults.scale import scaled
from tests.faults.storm import storm
from tests.search_builders import make_document

from tintype.events.connect import open_jetstream
from tintype.kit.fact import Event
from tintype.kit.ids import RandomIds
from tintype.kit.urls import Url
from tintype.search.adapters.sqlite.index import SqlitePhotoIndex

pytestmark = [needs_disks, pytest.mark.faults, pytest.mark.timeout(scaled(300, 3_600))]

CUTS = scaled(1, 5)
SIZE = 512 * MIB
FACTS = 300


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[tuple[Folder, Disk]]:
    with mounted(tmp_path / "disk", tmp_path / "home", size=SIZE) as disk, running_folder(tmp_path) as running:
        yield running, disk


async def test_a_library_in_one_folder_keeps_what_it_acknowledged(folder: tuple[Folder, Disk]) -> None:
    library, disk = folder
    owner = await library.owner("k6")
    faults = [PowerCut(disk, library.process) for _ in range(CUTS)]
    await storm(owner, faults, owner.drawn(20 * CUTS), random.Random(6))
    assert await library.repaired(owner) < 120


async def test_the_index_in_a_file_keeps_what_it_took(tmp_path: Path) -> None:
    """Its facts count as heard from then on and do not come again."""
    url = Url(f"sqlite://{tmp_path}/home/index.db")
    with mounted(tmp_path / "disk", tmp_path / "home", size=SIZE) as disk:
        for number in range(1, CUTS + 1):
            async with SqlitePhotoIndex.connect(url) as index:
                await index.put([make_document(f"p{number}")])
                disk.cut()
            disk.unmount()
            disk.mount()
            async with SqlitePhotoIndex.connect(url) as index:
                assert await index.count() == number


class LazyNats(Nats):
    """As it comes: it acknowledges, and syncs every two minutes."""

    def command(self, place: Place) -> Command:
        command = super().command(place)
        file = place.folder / "nats.conf"
        file.write_text(file.read_text().replace("  sync_interval: always\n", ""))
        return command


async def facts_left(server: OnDisk) -> int:
    """How many of those that a stream acknowledged right before the power failed are in it afterwards."""
    url = Url(f"{server.instance.urls()['events']}/power?max_bytes={64 * MIB}")
    async with open_jetstream(url) as stream:
        await stream.publish([Event(RandomIds().new(), "ann", "PhotoChanged", b"x", datetime.now(UTC))])
        for _ in range(FACTS // 100):
            events = [Event(RandomIds().new(), "ann", "PhotoChanged", b"x", datetime.now(UTC)) for _ in range(100)]
            await stream.publish(events)
    await server.power_cut()
    async with open_jetstream(url) as stream:
        return await stream.count_owner("ann")


@pytest.mark.servers
async def test_the_stream_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    with on_disk(tmp_path, Nats()) as server:
        for number in range(1, CUTS + 1):
            assert await facts_left(server) == number * (FACTS + 1)


@pytest.mark.servers
async def test_without_its_setting_the_stream_loses_what_it_acknowledged(tmp_path: Path) -> None:
    with on_disk(tmp_path, LazyNats()) as server:
        assert await facts_left(server) < FACTS


# As it comes, MinIO syncs the bytes of an object, but not its name, which reaches the disk some seconds after the
# answer. XFS has `wsync` for it; MINIO_FS_OSYNC=on syncs all disks of the machine at each write.
NAMES_AT_ONCE = "loop,dirsync"


@pytest.mark.servers
async def test_originals_that_were_acknowledged_stay(tmp_path: Path) -> None:
    chance = random.Random(6)
    with on_disk(tmp_path, Minio(), options=NAMES_AT_ONCE) as server:
        for _ in range(CUTS):
            assert await originals_lost(server, "blobs", chance) == 0


@pytest.mark.servers
async def test_without_names_at_once_originals_are_lost(tmp_path: Path) -> None:
    with on_disk(tmp_path, Minio()) as server:
        assert await originals_lost(server, "blobs", random.Random(6)) > 0
