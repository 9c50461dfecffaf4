"""PhotoIndex on one SQLite file: FTS5 for words, exact comparison in memory for vectors and filters."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Final, TypeVar

from tintype.kit.clock import Clock, SystemClock
from tintype.kit.instants import milliseconds
from tintype.kit.store.errors import StoreFull, StoreUnavailable
from tintype.kit.store.sqlite import Database
from tintype.kit.threads import thread_pool
from tintype.kit.urls import Url
from tintype.search.adapters.sqlite import tables
from tintype.search.adapters.sqlite.owner import Owner, load_owner
from tintype.search.adapters.sqlite.records import unpack_vector
from tintype.search.adapters.sqlite.word_rows import WordRows, read_words
from tintype.search.domain.document import DocumentKey, IndexDocument, Vector
from tintype.search.domain.query import IndexAnswer, IndexQuery, IndexStatus, MatchedWord, OwnerTerms, QueryWord
from tintype.search.ports import IndexUnavailable

T = TypeVar("T")

HELPERS: Final = 2  # threads that share scans with those that read; the scan of one search takes two cores at most
MEMORY_LIMIT_BYTES: Final = 1 << 30  # owners in memory; some 500,000 photos of 512 dimensions


class SqlitePhotoIndex:
    """PhotoIndex on SQLite. Owners that were searched stay in memory, the least recently used go above the limit."""

    def __init__(self, database: Database, clock: Clock, *, memory_limit_bytes: int) -> None:
        self._database = database
        self._clock = clock
        self._memory_limit_bytes = memory_limit_bytes
        self._owners: OrderedDict[str, Owner] = OrderedDict()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._nothing = Owner(shard=0)
        self._flips = 0
        self._changes: set[asyncio.Task[int]] = set()
        self._helpers = thread_pool(HELPERS, "search-scan")

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, url: Url, *, clock: Clock | None = None, memory_limit_bytes: int = MEMORY_LIMIT_BYTES
    ) -> AsyncIterator[SqlitePhotoIndex]:
        """Open the file of a sqlite: URL."""
        async with Database.open(url.file) as database:
            await database.migrate(tables.COMPONENT, tables.STEPS)
            index = cls(database, clock or SystemClock(), memory_limit_bytes=memory_limit_bytes)
            with index._helpers:
                yield index
                await asyncio.gather(*index._changes)

    async def put(self, documents: Sequence[IndexDocument]) -> int:
        by_owner: defaultdict[str, list[IndexDocument]] = defaultdict(list)
        for document in documents:
            by_owner[document.owner_id].append(document)
        return sum([await self._whole(self._put_owner(owner_id, own)) for owner_id, own in by_owner.items()])

    async def _put_owner(self, owner_id: str, documents: Sequence[IndexDocument]) -> int:
        now_ms = milliseconds(self._clock.now())

        def change(connection: sqlite3.Connection) -> list[tables.Stored]:
            active, building = tables.generations(connection)
            if building is not None:
                tables.put(connection, building, documents, now_ms)
            return tables.put(connection, active, documents, now_ms)

        async with self._locks[owner_id]:  # so that memory changes in the order of the commits
            written = await self._write(change)
            owner = self._owners.get(owner_id)
            if owner is not None:
                for stored in written:
                    owner.put(stored)
        return len(written)

    async def delete(self, keys: Sequence[DocumentKey]) -> int:
        now_ms = milliseconds(self._clock.now())

        def change(connection: sqlite3.Connection) -> list[DocumentKey]:
            active, building = tables.generations(connection)
            tables.remember_deletes(connection, keys, now_ms)
            if building is not None:
                tables.delete(connection, building, keys)
            return tables.delete(connection, active, keys)

        return await self._whole(self._remove(keys, change))

    async def drop_surplus(self, keys: Sequence[DocumentKey]) -> int:
        def change(connection: sqlite3.Connection) -> list[DocumentKey]:
            active, _ = tables.generations(connection)
            return tables.delete(connection, active, [key for key in keys if tables.holds(connection, active, key)])

        return await self._whole(self._remove(keys, change))

    async def _remove(
        self, keys: Sequence[DocumentKey], change: Callable[[sqlite3.Connection], list[DocumentKey]]
    ) -> int:
        async with AsyncExitStack() as held:
            for owner_id in sorted({key.owner_id for key in keys}):
                await held.enter_async_context(self._locks[owner_id])
            gone = await self._write(change)
            for key in gone:
                if (owner := self._owners.get(key.owner_id)) is not None:
                    owner.drop(key.photo_id)
        return len(gone)

    async def forget_deletes(self, *, before: datetime) -> int:
        query, values = "DELETE FROM deletes WHERE time_ms < ?", (milliseconds(before),)
        return await self._write(lambda connection: int(connection.execute(query, values).rowcount))

    async def search(self, query: IndexQuery) -> IndexAnswer:
        while True:
            flips = self._flips
            try:
                return await self._search(query)
            except IndexUnavailable:
                if flips == self._flips:  # otherwise a rebuild took the tables away under it
                    raise

    async def _search(self, query: IndexQuery) -> IndexAnswer:
        owner = await self._owner(query.owner_id)
        stop = Event()

        def read(connection: sqlite3.Connection) -> IndexAnswer:
            """A second thread helps with the scan if it finds a core to run on; nobody waits for it to begin."""
            scan = owner.scan(query)
            helper = self._helpers.submit(scan.work, stop)
            rows: Sequence[WordRows] = ()
            if query.words and owner.shard:
                rows = read_words(connection, owner.shard, query.words, owner.sizes, owner.photos)
            scan.work(stop)
            if not helper.cancel():
                helper.result()
            return owner.answer(query, scan, rows)

        try:
            return await self._read(read)
        finally:
            stop.set()  # a search that was cancelled leaves no scan behind

    async def matched_words(
        self, owner_id: str, photo_ids: Sequence[str], words: Sequence[QueryWord]
    ) -> Mapping[str, tuple[MatchedWord, ...]]:
        owner = await self._owner(owner_id)

        def read(connection: sqlite3.Connection) -> dict[str, tuple[MatchedWord, ...]]:
            return tables.matched_words(connection, owner.shard, photo_ids, words)

        return await self._read(read)

    async def vectors(self, owner_id: str, photo_id: str) -> Mapping[str, Vector]:
        def read(connection: sqlite3.Connection) -> dict[str, Vector]:
            shard = tables.find_shard(connection, owner_id, tables.generations(connection)[0])
            query = """SELECT space, vector FROM documents JOIN vectors USING (shard, number)
                WHERE shard = ? AND photo_id = ?"""
            return {space: unpack_vector(vector) for space, vector in connection.execute(query, (shard, photo_id))}

        return await self._read(read)

    async def terms(self, owner_id: str) -> OwnerTerms:
        owner = await self._owner(owner_id)
        return await asyncio.to_thread(owner.terms) if owner.terms_due else owner.terms()

    async def status(self, owner_id: str) -> IndexStatus:
        def read(connection: sqlite3.Connection) -> IndexStatus:
            shard = tables.find_shard(connection, owner_id, tables.generations(connection)[0])
            updates = "SELECT update_ms FROM shards WHERE shard = ? AND update_ms > 0"
            update = connection.execute(updates, (shard,)).fetchone()
            photos = connection.execute("SELECT count(*) FROM documents WHERE shard = ?", (shard,)).fetchone()[0]
            spaces = "SELECT space, count(*) FROM vectors WHERE shard = ? GROUP BY space"
            return IndexStatus(
                photos=photos,
                spaces=dict(connection.execute(spaces, (shard,))),
                update_time=datetime.fromtimestamp(update[0] / 1000, UTC) if update else None,
            )

        return await self._read(read)

    async def revisions(self, *, after: tuple[str, str], limit: int) -> Sequence[DocumentKey]:
        query = """SELECT owner_id, photo_id, revision FROM shards JOIN documents USING (shard)
            WHERE generation = ? AND (owner_id, photo_id) > (?, ?) ORDER BY owner_id, photo_id LIMIT ?"""

        def read(connection: sqlite3.Connection) -> list[DocumentKey]:
            active, _ = tables.generations(connection)
            return [DocumentKey(*row) for row in connection.execute(query, (active, *after, limit))]

        return await self._read(read)

    async def count(self) -> int:
        query = "SELECT count(*) FROM documents JOIN shards USING (shard) WHERE generation = ?"
        return await self._read(lambda c: int(c.execute(query, (tables.generations(c)[0],)).fetchone()[0]))

    async def remove_owner(self, owner_id: str) -> None:
        await self._whole(self._remove_owner(owner_id))

    async def _remove_owner(self, owner_id: str) -> int:
        async with self._locks[owner_id]:
            await self._write(lambda connection: tables.drop_owner(connection, owner_id))
            self._owners.pop(owner_id, None)
        return 0

    async def count_owner(self, owner_id: str) -> int:
        return await self._read(lambda connection: tables.count_owner(connection, owner_id))

    async def outdated(self) -> bool:
        return False  # its tables are brought up to date when the file is opened

    async def begin_rebuild(self) -> int:
        return await self._write(tables.begin_generation)

    async def put_rebuilt(self, generation: int, documents: Sequence[IndexDocument]) -> None:
        now_ms = milliseconds(self._clock.now())

        def change(connection: sqlite3.Connection) -> None:
            if tables.generations(connection)[1] == generation:
                tables.put(connection, generation, documents, now_ms)

        await self._write(change)

    async def finish_rebuild(self, generation: int) -> None:
        if await self._write(lambda connection: tables.activate(connection, generation)):
            self._flips += 1
            self._owners.clear()

    async def abandon_rebuild(self, generation: int) -> None:
        def change(connection: sqlite3.Connection) -> None:
            if tables.generations(connection)[1] == generation:
                tables.drop_generation(connection, generation)

        await self._write(change)

    async def _owner(self, owner_id: str) -> Owner:
        """The owner in memory, loaded if need be. What nobody wrote for is empty and takes no room."""
        if (owner := self._owners.get(owner_id)) is not None:
            self._owners.move_to_end(owner_id)
            return owner
        async with self._locks[owner_id]:
            if (owner := self._owners.get(owner_id)) is not None:
                return owner
            flips = -1
            while flips != self._flips:
                flips = self._flips
                owner = await self._read(lambda connection: _load(connection, owner_id))
            if owner is None:
                return self._nothing
            self._owners[owner_id] = owner
        self._evict()
        return owner

    async def _whole(self, change: Coroutine[None, None, int]) -> int:
        """Let a change come to its end even if its caller is cancelled, or memory would fall behind the tables."""
        task = asyncio.ensure_future(change)
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return await asyncio.shield(task)

    def _evict(self) -> None:
        while len(self._owners) > 1 and sum(o.nbytes for o in self._owners.values()) > self._memory_limit_bytes:
            self._owners.popitem(last=False)

    async def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._database.write(change)
        except (StoreUnavailable, StoreFull) as error:
            raise IndexUnavailable("the search index cannot be written") from error

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._database.read(query)
        except StoreUnavailable as error:
            raise IndexUnavailable("the search index cannot be read") from error


def _load(connection: sqlite3.Connection, owner_id: str) -> Owner | None:
    shard = tables.find_shard(connection, owner_id, tables.generations(connection)[0])
    return None if shard is None else load_owner(connection, shard)
