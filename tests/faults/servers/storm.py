"""Faults one after the other while photos come in, each of which has to happen."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.faults.servers.world import Victim, World

EARLIEST_S, LATEST_S = 0.05, 1.0  # of a fault after its photos began to come


class Fault(Protocol):
    """Something that goes wrong, and is over when `happen` returns. It fails where it did not happen."""

    async def happen(self) -> None: ...


@dataclass(frozen=True)
class Kill:
    """Ended at once and started again."""

    victim: Victim

    async def happen(self) -> None:
        before = self.victim.pid
        await asyncio.to_thread(self.victim.kill)
        assert before
        assert not self.victim.pid
        await asyncio.to_thread(self.victim.start)
        assert self.victim.pid not in (0, before)


@dataclass(frozen=True)
class KillBoth:
    """Two within a second."""

    first: Victim
    second: Victim

    async def happen(self) -> None:
        await asyncio.gather(Kill(self.first).happen(), Kill(self.second).happen())


@dataclass(frozen=True)
class KillWhileStarting:
    """Killed, and again right after it was started."""

    victim: Victim

    async def happen(self) -> None:
        await Kill(self.victim).happen()
        await Kill(self.victim).happen()


@dataclass(frozen=True)
class Freeze:
    """Stopped for a while: it keeps its connections and answers nothing."""

    victim: Victim
    seconds: float

    async def happen(self) -> None:
        pid = self.victim.pid
        self.victim.freeze()
        assert is_frozen(pid)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.victim.thaw()
        assert self.victim.pid == pid


def is_frozen(pid: int) -> bool:
    """Whether the process is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def storm(world: World, faults: Sequence[Fault], files: Sequence[Path], chance: random.Random) -> None:
    """Put the files in, a part of them around each fault; returns when all are acknowledged."""
    parts = [files[number :: len(faults)] for number in range(len(faults))]
    async with world.client() as client:
        for fault, part in zip(faults, parts, strict=True):
            uploads = [asyncio.create_task(world.upload(client, file)) for file in part]
            await asyncio.sleep(chance.uniform(EARLIEST_S, LATEST_S))
            await fault.happen()
            await asyncio.gather(*uploads)
