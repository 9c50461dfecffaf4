"""Indices of a test on a real Elasticsearch: a name of its own, and nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.servers import running_servers

from tintype.kit.urls import Url
from tintype.search.adapters.elasticsearch.connection import opened, prefix_of


@dataclass(frozen=True)
class Indices:
    """Hands out URLs, and removes what was made behind them."""

    server: str
    _made: set[Url] = field(default_factory=set)

    def url(self, home: Path) -> Url:
        """The same one for the same folder."""
        url = Url(f"{self.server}/test-{sha256(str(home).encode()).hexdigest()[:16]}")
        self._made.add(url)
        return url

    async def remove(self) -> None:
        for url in self._made:
            await remove_indices(url)


async def remove_indices(url: Url) -> None:
    """Remove all indices of an installation."""
    async with opened(url) as client:
        found = await client.indices.get(index=f"{prefix_of(url)}-*", features=["aliases"])
        for index in found.body:
            await client.indices.delete(index=index, ignore_unavailable=True)


@contextmanager
def own_indices() -> Iterator[Indices]:
    """On the servers that are up; for fixtures that are no coroutines."""
    indices = Indices(running_servers().index)
    try:
        yield indices
    finally:
        asyncio.run(indices.remove())
