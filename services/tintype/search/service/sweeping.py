"""Comparing the index with the catalog, repairing it, and building it anew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.log import log_of
from tintype.search.domain.document import DocumentKey
from tintype.search.ports import Catalog, PhotoIndex
from tintype.search.service.indexing import BATCH, Indexing

PAGE: Final = 1_000
SURPLUS_ALARM: Final = 0.01  # more photos than this that the catalog never knew: it is the wrong catalog, not a leak
SURPLUS_SPARED: Final = 10  # but so few are never an alarm: a small library has no percents
FRESH: Final = timedelta(minutes=1)  # younger changes are on their way by their facts
DELETES_KEPT: Final = timedelta(hours=24)

_log: Final = log_of(__name__)


@dataclass(slots=True)
class Difference:
    """What tells the index from the catalog."""

    behind: list[DocumentKey] = field(default_factory=list)  # missing, stale, or deleted in the catalog
    ahead: list[DocumentKey] = field(default_factory=list)  # a revision that the catalog has not reached
    unknown: list[DocumentKey] = field(default_factory=list)  # in the index, never in the catalog
    compared: int = 0


class Sweeping:
    """The sweep S3, and the rebuild.

    `ask_rebuild` is called when the index is ahead of the catalog: a restored backup, which no repair photo by photo
    can be trusted with; and when an older version of the program made it.
    """

    def __init__(
        self,
        *,
        index: PhotoIndex,
        catalog: Catalog,
        indexing: Indexing,
        clock: Clock,
        ask_rebuild: Callable[[], Awaitable[None]],
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._indexing = indexing
        self._clock = clock
        self._ask_rebuild = ask_rebuild

    async def sweep(self) -> int:
        """Compare everything and repair what differs; returns how many photos were repaired."""
        if await self._index.outdated():
            _log.warning("index_of_an_older_version")
            await self._ask_rebuild()
        difference = await self._compare()
        if difference.ahead:
            _log.error("index_ahead_of_catalog", photos=len(difference.ahead))
            await self._ask_rebuild()
            return 0
        repaired = 0
        for start in range(0, len(difference.behind), BATCH):
            repaired += await self._indexing.index_now(difference.behind[start : start + BATCH])
        repaired += await self._drop_unknown(difference)
        await self._index.forget_deletes(before=self._clock.now() - DELETES_KEPT)
        return repaired

    async def rebuild(self, report: Callable[[int, int], None]) -> int:
        """Build a new generation from the catalog and let searches see it; returns how many photos it has.

        `report` is told how many photos are done, of how many (as the old index counts them). If it is cancelled or
        fails, the old index stays.
        """
        total = await self._index.count()
        generation = await self._index.begin_rebuild()
        done = 0
        try:
            async for keys in self._catalog_pages(BATCH):
                documents, _ = self._indexing.documents(await self._catalog.load_sources(keys))
                await self._index.put_rebuilt(generation, documents)
                done += len(documents)
                report(done, max(total, done))
            await self._index.finish_rebuild(generation)
        except BaseException:  # cancelled as well: nothing may be left half built
            await self._index.abandon_rebuild(generation)
            raise
        return done

    async def _compare(self) -> Difference:
        """Both sides are read page by page in the same order."""
        difference = Difference()
        indexed = self._indexed()
        ours = await anext(indexed, None)
        fresh = self._clock.now() - FRESH
        token = ""
        while True:
            revisions, token = await self._catalog.revisions(page_token=token, limit=PAGE)
            for theirs in revisions:
                key = theirs.key
                while ours is not None and _place(ours) < _place(key):
                    difference.unknown.append(ours)
                    ours = await anext(indexed, None)
                difference.compared += 1
                if ours is not None and _place(ours) == _place(key):
                    if ours.revision > key.revision:
                        difference.ahead.append(ours)
                    elif (ours.revision < key.revision or theirs.deleted) and theirs.change_time <= fresh:
                        difference.behind.append(key)
                    ours = await anext(indexed, None)
                elif not theirs.deleted and theirs.change_time <= fresh:
                    difference.behind.append(key)
            if not token:
                break
        while ours is not None:
            difference.unknown.append(ours)
            ours = await anext(indexed, None)
        return await self._read_again(difference)

    async def _read_again(self, difference: Difference) -> Difference:
        """The catalog went on while it was read: what is ahead or unknown must still be so now."""
        for name in ("ahead", "unknown"):
            suspects: list[DocumentKey] = getattr(difference, name)
            known: dict[tuple[str, str], DocumentKey] = {}
            for start in range(0, len(suspects), BATCH):
                part = suspects[start : start + BATCH]
                known |= {_place(each.key): each.key for each in await self._catalog.load_sources(part)}
            still = [key for key in suspects if _place(key) not in known]
            if name == "ahead":
                still = [key for key in suspects if (now := known.get(_place(key))) and now.revision < key.revision]
            setattr(difference, name, still)
        return difference

    async def _drop_unknown(self, difference: Difference) -> int:
        surplus = len(difference.unknown)
        if surplus > max(SURPLUS_SPARED, SURPLUS_ALARM * difference.compared):
            _log.error("index_surplus_alarm", photos=surplus, compared=difference.compared)
            return 0
        return await self._index.drop_surplus(difference.unknown) if surplus else 0

    async def _indexed(self) -> AsyncIterator[DocumentKey]:
        after = ("", "")
        while page := await self._index.revisions(after=after, limit=PAGE):
            for key in page:
                yield key
            after = _place(page[-1])

    async def _catalog_pages(self, size: int) -> AsyncIterator[Sequence[DocumentKey]]:
        token = ""
        while True:
            revisions, token = await self._catalog.revisions(page_token=token, limit=PAGE)
            keys = [each.key for each in revisions if not each.deleted]
            for start in range(0, len(keys), size):
                yield keys[start : start + size]
            if not token:
                return


def _place(key: DocumentKey) -> tuple[str, str]:
    return key.owner_id, key.photo_id
