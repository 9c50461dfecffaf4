"""The process is killed while an import runs; what was acknowledged is safe, single, findable, without a hand."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.drawn import draw, poison
from tests.faults.scale import scaled
from tests.invariants import Expected, hashes_of, settled, stores_of, violations
from tests.library import Library, ended, started

from tintype_sdk import Client, MemoryTokens
from tintype_sdk.errors import TintypeError
from tintype_sdk.importer import Importer, Outcome, Report, Watcher

KILLS = scaled(20, 100)
PHOTOS = scaled(300, 2_000)
PASSWORD = "correct horse battery staple"
SHORTEST_LIFE_S, LONGEST_LIFE_S = (
    0.05,
    1.5,
)  # long enough for some photos to come to an end, short enough for none to rest


class Promises(Watcher):
    """Remembers what the library acknowledged, over all runs of the importer."""

    def __init__(self) -> None:
        self.kept: set[Path] = set()
        self.refused: set[Path] = set()

    def ended(self, path: Path, outcome: Outcome) -> None:
        (self.refused if outcome is Outcome.REFUSED else self.kept).add(path)


def photos_in(folder: Path) -> list[Path]:
    """Pictures of many sizes and forms, some twice, and a few poisons; returns these."""
    folder.mkdir()
    poisons = []
    for seed in range(PHOTOS - 16):
        file = folder / f"{seed:03}.{'png' if seed % 9 == 0 else 'jpg'}"
        file.write_bytes(draw(seed, form="PNG" if seed % 9 == 0 else "JPEG"))
    for seed in range(10):
        (folder / f"again-{seed:03}.jpg").write_bytes(draw(9 * seed + 1))
    for seed in range(6):
        file = folder / f"poison-{seed}.png"
        file.write_bytes(poison(seed))
        poisons.append(file)
    return poisons


async def import_all(address: str, tokens: MemoryTokens, folder: Path, promises: Promises) -> Report | None:
    """One run of the importer; None if the library went away under it."""
    async with Client.open(address, tokens=tokens) as client:
        try:
            return await Importer(client.uploads, watcher=promises).run([folder])
        except TintypeError:
            return None


async def killed_at_random(
    home: Path, tokens: MemoryTokens, folder: Path, promises: Promises, chance: random.Random
) -> Sequence[int]:
    """Run the importer against a library that keeps being killed; the ids of the processes that were."""
    pids = []
    for _ in range(KILLS):
        library = await started(home)
        importing = asyncio.create_task(import_all(library.address, tokens, folder, promises))
        await asyncio.sleep(chance.uniform(SHORTEST_LIFE_S, LONGEST_LIFE_S))
        library.kill()
        assert await ended(library.process) == -9
        pids.append(library.process.pid)
        importing.cancel()
        await asyncio.gather(importing, return_exceptions=True)
    return pids


async def signed_up(home: Path, tokens: MemoryTokens) -> str:
    library = await started(home)
    try:
        async with Client.open(library.address, tokens=tokens) as client:
            return (await client.accounts.sign_up("ada", PASSWORD)).user_id
    finally:
        await library.stopped()


async def finished(library: Library, tokens: MemoryTokens, folder: Path, promises: Promises) -> float:
    """Let the importer come to its end, and the library to rest; how long that took."""
    begun = time.monotonic()
    report = await import_all(library.address, tokens, folder, promises)
    assert report is not None
    assert report.refused == 0, report.refusals
    async with Client.open(library.address, tokens=tokens) as client:
        await settled(client)
    return time.monotonic() - begun


@pytest.mark.faults
@pytest.mark.timeout(scaled(900, 7_200))
async def test_killed_again_and_again_during_an_import_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    home, tokens, promises = tmp_path / "home", MemoryTokens(), Promises()
    poisons = photos_in(tmp_path / "photos")
    owner_id = await signed_up(home, tokens)
    chance = random.Random(20)
    pids = await killed_at_random(home, tokens, tmp_path / "photos", promises, chance)
    assert len(set(pids)) == KILLS
    library = await started(home)
    try:
        await finished(library, tokens, tmp_path / "photos", promises)
    finally:
        assert await library.stopped() == 0
    acknowledged = set(hashes_of([*(tmp_path / "photos").iterdir()]))
    expected = Expected(owner_id, acknowledged, poisons=set(hashes_of(poisons)))
    async with stores_of(home) as stores:
        assert await violations(stores, expected) == []
        assert await stores.photos.count_owner(owner_id) == len(acknowledged)
