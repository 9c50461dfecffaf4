"""PhotoIndex on Elasticsearch 9."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final, TypeVar

from elasticsearch import AsyncElasticsearch

from tintype.kit.clock import Clock, SystemClock
from tintype.kit.instants import milliseconds
from tintype.kit.log import log_of
from tintype.kit.urls import Url
from tintype.search.adapters.elasticsearch.connection import IndexMissing, check_version, opened, prefix_of
from tintype.search.adapters.elasticsearch.documents import Write, delete_of, write_of
from tintype.search.adapters.elasticsearch.generations import Generations, Live, Names, generation_of
from tintype.search.adapters.elasticsearch.growing import Growing
from tintype.search.adapters.elasticsearch.mapping import vector_field
from tintype.search.adapters.elasticsearch.pace import Pace
from tintype.search.adapters.elasticsearch.reading import Reader
from tintype.search.adapters.elasticsearch.scanning import ALL_DELETES, Scanner, anything_of, deletes_before
from tintype.search.adapters.elasticsearch.terms import Terms
from tintype.search.adapters.elasticsearch.writing import Refresh, Writer
from tintype.search.domain.document import DocumentKey, IndexDocument, Vector
from tintype.search.domain.query import IndexAnswer, IndexQuery, IndexStatus, MatchedWord, OwnerTerms, QueryWord
from tintype.search.ports import IndexUnavailable

T = TypeVar("T")

OWN_INDEX_FROM: Final = 500_000  # photos of one owner; a scan of 100,000 takes 15 to 20 ms
_TRIES: Final = 3

_log: Final = log_of(__name__)


class ElasticsearchPhotoIndex:
    """PhotoIndex on Elasticsearch. Any number of processes may use it at once."""

    def __init__(
        self, client: AsyncElasticsearch, clock: Clock, *, prefix: str, shards: int, own_index_from: int
    ) -> None:
        self._client = client
        self._clock = clock
        self._generations = Generations(client, Names(prefix), shards=shards)
        self._writer = Writer(client)
        self._scanner = Scanner(client, self._writer)
        self._reader = Reader(client, self._generations)
        self._terms = Terms(lambda owner_id: self._again(lambda: self._reader.terms(owner_id)))
        self._growing = Growing(self._generations, self._reader, self._scanner, own_index_from=own_index_from)
        self._pace = Pace()
        self._beginning = asyncio.Lock()
        self._checked = False

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, url: Url, *, clock: Clock | None = None, own_index_from: int = OWN_INDEX_FROM
    ) -> AsyncIterator[ElasticsearchPhotoIndex]:
        """Open an elasticsearch+http(s) URL; its path is what the names of all indices begin with.

        A server that is away is no error: the index is found, or made, at the first call that reaches it. Options:
        `shards` (1) of the index of everybody, and those of `client_tls`. Raises IndexUnusable for a wrong version.
        """
        async with opened(url) as client:
            shards = int(url.options.get("shards", "1"))
            index = cls(
                client, clock or SystemClock(), prefix=prefix_of(url), shards=shards, own_index_from=own_index_from
            )
            try:
                await index._live()
            except IndexUnavailable as error:
                _log.warning("index_away_at_start", because=error.message)
            try:
                yield index
            finally:
                await index._growing.close()
                await index._terms.close()

    async def put(self, documents: Sequence[IndexDocument]) -> int:
        now_ms = milliseconds(self._clock.now())
        stored = await self._spread([write_of(document, now_ms) for document in documents], _fields_of(documents))
        self._growing.consider(document.owner_id for document in documents)
        return sum(stored)

    async def delete(self, keys: Sequence[DocumentKey]) -> int:
        now_ms = milliseconds(self._clock.now())
        live = await self._live()
        there = await self._again(lambda: self._writer.stored(live.searched, keys))
        were = [
            "owner" in each.get("_source", {}) and each["_source"]["revision"] <= key.revision
            for each, key in zip(there, keys, strict=True)
        ]
        await self._spread([delete_of(key, now_ms) for key in keys], frozenset())
        return sum(were)

    async def drop_surplus(self, keys: Sequence[DocumentKey]) -> int:
        async def drop(index: str, live: Live) -> int:
            own = [key for key in keys if live.takes(index, key.owner_id)]
            there = zip(await self._writer.stored(index, own), own, strict=True) if own else ()
            surplus = [
                each for each, key in there if each.get("_source", {}) and _is_photo_at(each["_source"], key.revision)
            ]
            return await self._writer.remove(index, surplus, refresh="true")

        self._note(key.owner_id for key in keys)
        return await self._everywhere(drop)

    async def forget_deletes(self, *, before: datetime) -> int:
        old = deletes_before(milliseconds(before))

        async def forget(index: str, live: Live) -> int:
            return await self._scanner.remove(index, old, refresh="true")

        return await self._everywhere(forget)

    async def search(self, query: IndexQuery) -> IndexAnswer:
        return await self._again(lambda: self._reader.search(query))

    async def matched_words(
        self, owner_id: str, photo_ids: Sequence[str], words: Sequence[QueryWord]
    ) -> Mapping[str, tuple[MatchedWord, ...]]:
        return await self._again(lambda: self._reader.matched_words(owner_id, photo_ids, words))

    async def vectors(self, owner_id: str, photo_id: str) -> Mapping[str, Vector]:
        return await self._again(lambda: self._reader.vectors(owner_id, photo_id))

    async def terms(self, owner_id: str) -> OwnerTerms:
        return await self._terms.of(owner_id)

    async def status(self, owner_id: str) -> IndexStatus:
        return await self._again(lambda: self._reader.status(owner_id))

    async def revisions(self, *, after: tuple[str, str], limit: int) -> Sequence[DocumentKey]:
        return await self._again(lambda: self._reader.revisions(after=after, limit=limit))

    async def count(self) -> int:
        return await self._again(self._reader.count)

    async def remove_owner(self, owner_id: str) -> None:
        async def remove(index: str, live: Live) -> int:
            if not live.takes(index, owner_id):
                return 0
            if index in live.own:
                await self._generations.drop(index)
                return 0
            await self._generations.refresh(index)
            return await self._scanner.remove(index, anything_of(owner_id), refresh="true")

        await self._everywhere(remove)
        self._reader.forget(owner_id)
        self._terms.forget(owner_id)

    async def count_owner(self, owner_id: str) -> int:
        counted = 0

        async def count(index: str, live: Live) -> int:
            nonlocal counted
            counted += await self._reader.count_owner(index, owner_id) if live.takes(index, owner_id) else 0
            return 0

        await self._everywhere(count)
        return counted

    async def outdated(self) -> bool:
        live = await self._live()
        return self._generations.outdated(live.searched)

    async def begin_rebuild(self) -> int:
        await self._live()
        index = await self._generations.build(milliseconds(self._clock.now()))
        live = await self._generations.begin()
        await self._scanner.copy(ALL_DELETES, source=live.searched, target=index)
        return generation_of(index)

    async def put_rebuilt(self, generation: int, documents: Sequence[IndexDocument]) -> None:
        index = self._generations.names.index(generation)
        now_ms = milliseconds(self._clock.now())
        if (await self._live()).building != index and (await self._generations.begin()).building != index:
            return
        try:
            await self._generations.know(index, _fields_of(documents))
            await self._writer.write(index, [write_of(each, now_ms) for each in documents], refresh="false")
        except IndexMissing:
            await self._generations.begin()

    async def finish_rebuild(self, generation: int) -> None:
        await self._generations.finish(self._generations.names.index(generation))

    async def abandon_rebuild(self, generation: int) -> None:
        await self._generations.abandon(self._generations.names.index(generation))

    async def _live(self) -> Live:
        """The indices that this process knows; found, or the first one made, at the first call."""
        live = self._generations.live
        if live is not None:
            return live
        async with self._beginning:
            if not self._checked:
                await check_version(self._client)
                self._checked = True
            return self._generations.live or await self._generations.begin()

    async def _again(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask, and once more if an index is gone: a rebuild took it away under the question, or all data was lost."""
        await self._live()
        try:
            return await ask()
        except IndexMissing:
            await self._generations.begin()
            return await ask()

    async def _spread(self, writes: Sequence[Write], fields: frozenset[str]) -> list[bool]:
        """Write to every live index; returns what was stored in the one that searches see."""
        stored = [False] * len(writes)

        async def write(index: str, live: Live, refresh: Refresh) -> int:
            places = [place for place, each in enumerate(writes) if live.takes(index, each.key.owner_id)]
            if not places:
                return 0
            await self._generations.know(index, fields)
            fit = [self._generations.fitted(index, writes[place]) for place in places]
            outcome = await self._writer.write(index, fit, refresh=refresh)
            if index == live.searched:
                for place, good in zip(places, outcome, strict=True):
                    stored[place] = stored[place] or good
            return 0

        self._note(each.key.owner_id for each in writes)
        with self._pace.write(len(writes)) as refresh:
            await self._everywhere(lambda index, live: write(index, live, refresh))
        self._note(each.key.owner_id for each in writes)
        return stored

    async def _everywhere(self, do: Callable[[str, Live], Awaitable[int]]) -> int:
        """Do something with every live index; returns what it said of the one that searches see.

        Which ones are live is asked again afterwards: an index that somebody began to fill meanwhile may have been
        filled from what stood there before.
        """
        done: dict[str, int] = {}
        live, failures = await self._live(), 0
        while due := [index for index in live.all if index not in done]:
            try:
                for index in due:
                    done[index] = await do(index, live)
            except IndexMissing:
                failures += 1
                if failures == _TRIES:
                    raise
            live = await self._generations.begin()
        return done.get(live.searched, 0)

    def _note(self, owner_ids: Iterable[str]) -> None:
        for owner_id in owner_ids:
            self._terms.changed(owner_id)


def _is_photo_at(source: Mapping[str, object], revision: int) -> bool:
    return "owner" in source and source.get("revision") == revision


def _fields_of(documents: Sequence[IndexDocument]) -> frozenset[str]:
    return frozenset(
        vector_field(space, len(vector)) for document in documents for space, vector in document.vectors.items()
    )
