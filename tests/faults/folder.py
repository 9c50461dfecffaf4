"""The library in one folder, in which the process may be killed and frozen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.owner import Owner
from tests.faults.storm import Victim
from tests.faults.victims import Process
from tests.invariants import stores_of
from tests.library import SETTINGS
from tools.library import Library, without_settings


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
        """Wait until nothing is left to do, end the process, and check every invariant; how long it took to rest."""
        begun = time.monotonic()
        await owner.settled()
        took = time.monotonic() - begun
        assert await asyncio.to_thread(self.library.stop) == 0
        async with stores_of(self.library.home) as stores:
            await owner.kept_in(stores, begun=begun)
        return took


@contextmanager
def running_folder(folder: Path) -> Iterator[Folder]:
    """Start it; it is gone at the end, in whatever state it is."""
    pictures = folder / "pictures"
    pictures.mkdir()
    library = Library(folder / "home", SETTINGS, inherited=without_settings())
    library.start()
    try:
        yield Folder(library, pictures)
    finally:
        library.kill()
