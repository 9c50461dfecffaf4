"""An index of his own for an owner of very many photos: a graph of vectors, where a scan would take too long.

It is a copy. The index of everybody stays complete, so nothing moves: the copy is made while searches scan and every
write goes to both, and it can be dropped at any time. It belongs to its generation; the next one makes its own.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Final

from tintype.kit.log import log_of
from tintype.search.adapters.elasticsearch.generations import Generations, write_alias
from tintype.search.adapters.elasticsearch.reading import Reader
from tintype.search.adapters.elasticsearch.scanning import Scanner, anything_of
from tintype.search.ports import IndexUnavailable

LOOKS: Final = 100  # at an owner's size, each time another hundredth of the threshold was written

_log: Final = log_of(__name__)


class Growing:
    """Makes such indices in the background. What fails is tried again after the next writes."""

    def __init__(self, generations: Generations, reader: Reader, scanner: Scanner, *, own_index_from: int) -> None:
        self._generations = generations
        self._reader = reader
        self._scanner = scanner
        self._own_index_from = own_index_from
        self._written: defaultdict[str, int] = defaultdict(int)
        self._growing: dict[str, asyncio.Task[None]] = {}

    def consider(self, owner_ids: Iterable[str]) -> None:
        """Look at owners that were written for."""
        for owner_id in owner_ids:
            self._written[owner_id] += 1
            if self._written[owner_id] * LOOKS >= self._own_index_from and owner_id not in self._growing:
                self._written[owner_id] = 0
                task = self._growing[owner_id] = asyncio.create_task(self._look(owner_id))
                task.add_done_callback(partial(self._done, owner_id))

    async def settled(self) -> None:
        """Wait until nothing grows."""
        await asyncio.gather(*self._growing.values())

    async def close(self) -> None:
        """Stop; a copy that is not complete is gone on with after the next writes."""
        for task in list(self._growing.values()):
            task.cancel()
        await asyncio.gather(*self._growing.values(), return_exceptions=True)

    def _done(self, owner_id: str, _: asyncio.Task[None]) -> None:
        del self._growing[owner_id]

    async def _look(self, owner_id: str) -> None:
        try:
            live = await self._generations.begin()
            own = self._generations.names.own(live.searched, owner_id)
            if own in live.ready:
                return
            if await self._reader.count_owner(live.searched, owner_id) >= self._own_index_from:
                await self._grow(owner_id, live.searched, own)
        except IndexUnavailable as error:
            _log.warning("own_index_postponed", because=error.message)

    async def _grow(self, owner_id: str, shared: str, own: str) -> None:
        """Make it known to all writers, copy, then let searches see it."""
        await self._generations.create(own, aliases=[])
        await self._generations.see()
        await self._generations.know(own, self._generations.fields(shared))
        photos = await self._scanner.copy(anything_of(owner_id), source=write_alias(shared), target=own)
        await self._generations.refresh(own)
        alias = self._generations.names.of(owner_id)
        if await self._generations.change([{"add": {"index": own, "alias": alias}}]):
            await self._generations.see()
            _log.info("own_index_ready", photos=photos)
