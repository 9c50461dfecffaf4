"""The library in one folder, in which the process may be killed and frozen."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from deploy.native import ports
from tests.faults.owner import AGAIN_S, REPAIRED_WITHIN_S, Owner
from tests.faults.storm import Victim
from tests.faults.victims import Process
from tests.invariants import stores_of
from tests.library import SETTINGS
from tools.library import Library, without_settings

from tintype.kit.clock import SystemClock

DATABASE: Final = "library.db"


@dataclass(frozen=True)
class Folder:
    """One process, everything in one home."""

    library: Library
    pictures: Path

    @property
    def process(self) -> Victim:
        return Process("library", self.library)

    async def owner(self, name: str, *, front: str = "") -> Owner:
        """A new account; `front` is where it reaches the library, if not directly."""
        owner = Owner(front or self.library.address, self.pictures)
        await owner.sign_up(name)
        return owner

    async def repaired(self, owner: Owner) -> float:
        """Wait until nothing is left to do, end the process, and check every invariant; how long it took to rest.

        The owner is the first one, who administers.
        """
        begun = time.monotonic()
        await owner.settled()
        while await self._untold():
            assert time.monotonic() - begun < REPAIRED_WITHIN_S
            await asyncio.sleep(AGAIN_S)
        await owner.idle()
        took = time.monotonic() - begun
        assert await asyncio.to_thread(self.library.stop) == 0
        async with stores_of(self.library.home) as stores:
            await owner.kept_in(stores, begun=begun)
        return took

    async def _untold(self) -> int:
        """How many photos, albums and users have facts that were not published: looked up in a copy of the database."""
        with TemporaryDirectory() as copy:
            await asyncio.to_thread(_copy, self.library.home / DATABASE, Path(copy) / DATABASE)
            async with stores_of(Path(copy)) as stores:
                ever = SystemClock().now() + timedelta(days=1)
                return sum([await each.count_unpublished(older_than=ever) for each in stores.outboxes.values()])


def _copy(database: Path, to: Path) -> None:
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


@contextmanager
def running_folder(folder: Path) -> Iterator[Folder]:
    """Start it; it is gone at the end, in whatever state it is."""
    pictures = folder / "pictures"
    pictures.mkdir()
    listens = ports.remembered(folder / "ports.json", ("grpc",))["grpc"]  # the same one in its next life
    library = Library(folder / "home", SETTINGS, inherited=without_settings(), port=listens)
    library.start()
    try:
        yield Folder(library, pictures)
    finally:
        library.kill()
