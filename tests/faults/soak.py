"""A steady mixed load, and how far the memory of what serves it grows by the hour."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.faults.owner import Owner
from tests.faults.storm import Victim

from tintype.v1 import photo_pb2
from tintype_sdk import Client

HOURS: Final = float(os.environ.get("TINTYPE_SOAK_HOURS", "0.5"))  # the whole of it: 8
AT_FIRST: Final = 100
WORDS: Final = ("red", "dark", "bright blue", "green in summer", "yellow 2023")
EACH_S: Final = 1.0  # a round of the load; how often memory is looked at
NEW_EVERY: Final = 15  # rounds: so few photos more that they do not count
WARM_UP: Final = 1 / 8  # of the time
# Of an hour. Decoders come and go, which weighs less the longer it takes.
MOST_GROWTH: Final = max(0.01, 0.05 / HOURS)


async def soaked(owner: Owner, processes: Sequence[Victim], chance: random.Random) -> dict[str, float]:
    """Growth an hour by process, as a share of its memory. None of them ends meanwhile, and no call fails."""
    pids = {each.name: each.pid for each in processes}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in pids}
    begun, rounds = time.monotonic(), 0
    async with owner.client() as client:
        for file in owner.drawn(AT_FIRST):
            await owner.upload(client, file)
        while (passed := time.monotonic() - begun) < HOURS * 3600:
            await asyncio.gather(_round(owner, client, rounds, chance), asyncio.sleep(EACH_S))
            rounds += 1
            if passed > WARM_UP * HOURS * 3600:
                for name, pid in pids.items():
                    found[name].append((passed / 3600, resident(pid)))
    assert {each.name: each.pid for each in processes} == pids
    assert not owner.errors
    return {name: _slope(looks) for name, looks in found.items()}


async def _round(owner: Owner, client: Client, number: int, chance: random.Random) -> None:
    """What people do: look, search, load, edit, put away and fetch back, send what is there already."""
    photos = [photo async for photo in client.photos.all()]
    some = chance.sample([photo.photo_id for photo in photos], 5)
    await client.search.photos(chance.choice(WORDS))
    async for _ in client.media.read(some[0], photo_pb2.VARIANT_ORIGINAL):
        pass
    assert not await client.photos.trash(some[1:3])
    assert not await client.photos.restore(some[1:3])
    await client.uploads.upload_file(chance.choice(sorted(owner.acknowledged)))
    if number % NEW_EVERY == 0:
        (file,) = owner.drawn(1, first=AT_FIRST + number)
        await owner.upload(client, file)


def resident(pid: int) -> float:
    """Bytes of a process and of those that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_own(each) for each in (str(pid), *children))


def _own(pid: str) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:  # a decoder that has just been replaced
        return 0


def _slope(looks: Sequence[tuple[float, float]]) -> float:
    hours, sizes = [hour for hour, _ in looks], [size for _, size in looks]
    return statistics.linear_regression(hours, sizes).slope / statistics.fmean(sizes)
