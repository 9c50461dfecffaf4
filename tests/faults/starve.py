"""A process that gets no more descriptors for a while, as a fault."""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.storm import Victim

LEAST: Final = 8  # fewer than any process of ours has open, so that every new one is refused


@dataclass(frozen=True)
class NoDescriptors:
    """It keeps what it has open, and can open nothing more: no file, no connection."""

    victim: Victim
    seconds: float

    async def happen(self) -> None:
        pid = self.victim.pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (LEAST, before[1]))
        try:
            await asyncio.sleep(self.seconds)
            assert open_descriptors(pid) > LEAST
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        assert self.victim.pid == pid


@dataclass(frozen=True)
class NoMemory:
    """It can take no more memory from the system than a little; one that ends of it is started again, as anywhere."""

    victim: Victim
    seconds: float
    more: int = 1 << 20

    async def happen(self) -> None:
        pid = self.victim.pid
        before = resource.prlimit(pid, resource.RLIMIT_AS)
        limit = address_space(pid) + self.more
        resource.prlimit(pid, resource.RLIMIT_AS, (limit, before[1]))
        await asyncio.sleep(self.seconds)
        with suppress(ProcessLookupError):
            assert resource.prlimit(pid, resource.RLIMIT_AS, before)[0] == limit
        if self.victim.pid != pid:
            await asyncio.to_thread(self.victim.start)


def address_space(pid: int) -> int:
    """Bytes that a process has mapped."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()


def open_descriptors(pid: int) -> int:
    """How many a process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
