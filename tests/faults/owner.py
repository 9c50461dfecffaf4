"""Somebody who puts photos into a library that things go wrong with, and what was promised to them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

from tests.drawn import draw, poison
from tests.invariants import Expected, Stores, hashes_of, settled, violations

from tintype_sdk import Client, MemoryTokens
from tintype_sdk.errors import TintypeError

PASSWORD: Final = "correct horse battery staple"
REPAIRED_WITHIN_S: Final = 120
AGAIN_S: Final = 0.3


@dataclass
class Owner:
    """An account in the library behind `address`; its pictures are drawn into `folder`."""

    address: str
    folder: Path
    tokens: MemoryTokens = field(default_factory=MemoryTokens)
    owner_id: str = ""
    acknowledged: set[Path] = field(default_factory=set)
    poisons: set[Path] = field(default_factory=set)
    everybody: ClassVar[list[Owner]] = []  # of this test
    faults: int = 0  # that happened to it
    lost: int = 0
    doubled: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # how uploads were refused before they were acknowledged

    def __post_init__(self) -> None:
        self.everybody.append(self)

    async def sign_up(self, name: str) -> None:
        async with self.client() as client:
            self.owner_id = (await client.accounts.sign_up(name, PASSWORD)).user_id

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        async with Client.open(self.address, tokens=self.tokens) as client:
            yield client

    def drawn(self, count: int, *, poisons: int = 0, first: int = 0) -> list[Path]:
        """New pictures, the last of them poisons: they get in, and their analysis fails."""
        files = []
        for seed in range(first, first + count):
            file = self.folder / f"{seed:05}.png"
            is_poison = seed >= first + count - poisons
            file.write_bytes(poison(seed) if is_poison else draw(seed, form="PNG"))
            files.append(file)
            if is_poison:
                self.poisons.add(file)
        return files

    async def upload(self, client: Client, file: Path) -> None:
        """Put it in, again and again until it is acknowledged."""
        async with asyncio.timeout(REPAIRED_WITHIN_S):
            while file not in self.acknowledged:
                try:
                    await client.uploads.upload_file(file)
                except TintypeError as error:
                    self.errors[type(error).__name__] += 1
                    await asyncio.sleep(AGAIN_S)
                else:
                    self.acknowledged.add(file)

    async def settled(self) -> None:
        """Wait until nothing is left to do, through what may still be away; fails after 120 s."""
        async with self.client() as client, asyncio.timeout(REPAIRED_WITHIN_S):
            while True:
                try:
                    return await settled(client)
                except TintypeError:
                    await asyncio.sleep(AGAIN_S)

    async def idle(self) -> None:
        """Wait until no consumer has anything left to do, as only an administrator may see; fails after 120 s."""
        async with self.client() as client, asyncio.timeout(REPAIRED_WITHIN_S):
            while True:
                if not any(job.waiting or job.in_flight for job in await client.admin.jobs()):
                    return
                await asyncio.sleep(AGAIN_S)

    async def kept_in(self, stores: Stores, *, begun: float) -> None:
        """Wait until every invariant holds; fails 120 s after `begun` with what does not."""
        expected = Expected(self.owner_id, set(hashes_of(self.acknowledged)), poisons=set(hashes_of(self.poisons)))
        while found := await violations(stores, expected):
            assert time.monotonic() - begun < REPAIRED_WITHIN_S, found
            await asyncio.sleep(AGAIN_S)
        stored = {photo.file.sha256 for photo in await stores.every_photo(self.owner_id)}
        self.lost = len(set(expected.acknowledged) - stored)
        self.doubled = await stores.photos.count_owner(self.owner_id) - len(stored)
        assert (self.lost, self.doubled) == (0, 0)
        assert stored == expected.acknowledged
