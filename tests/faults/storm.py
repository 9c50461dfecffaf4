"""Faults one after the other while photos come in, each of which has to happen."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.faults.owner import Owner

EARLIEST_S, LATEST_S = 0.05, 1.0  # of a fault after its photos began to come


class Victim(Protocol):
    """Something that runs and can be hurt."""

    @property
    def name(self) -> str: ...

    @property
    def pid(self) -> int:
        """0 while it does not run."""

    def kill(self) -> None: ...

    def start(self) -> None:
        """Start it, and wait until it answers."""

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...


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
        try:
            self.victim.freeze()
            await asyncio.sleep(self.seconds)
            assert is_frozen(pid)
        finally:
            self.victim.thaw()
        assert self.victim.pid == pid


def is_frozen(pid: int) -> bool:
    """Whether the process is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def storm(owner: Owner, faults: Sequence[Fault], files: Sequence[Path], chance: random.Random) -> None:
    """Put the files in, some before and some during each fault; returns when all are acknowledged."""
    parts = [files[number :: len(faults)] for number in range(len(faults))]
    async with owner.client() as client:

        def begin(some: Sequence[Path]) -> list[asyncio.Task[None]]:
            return [asyncio.create_task(owner.upload(client, file)) for file in some]

        for fault, part in zip(faults, parts, strict=True):
            before = begin(part[::2])
            await asyncio.sleep(chance.uniform(EARLIEST_S, LATEST_S))
            await asyncio.gather(fault.happen(), *before, *begin(part[1::2]))
            owner.faults += 1
