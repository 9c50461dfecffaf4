"""The stream of facts in one SQLite file; whoever waits is woken inside the process."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from tintype.events.ports import (
    RETENTION,
    ConsumerSpec,
    Position,
    StoredEvent,
    StreamState,
)
from tintype.events.sqlite_consumer import Queue, SqliteConsumer
from tintype.events.sqlite_dead_letters import SqliteDeadLetters
from tintype.events.sqlite_tables import (
    COMPONENT,
    EVENT,
    MIGRATIONS,
    Filter,
    event_of,
    filter_of,
    load_consumer,
    load_state,
    store_errors,
)
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.errors import ResourceExhausted, Unavailable
from tintype.kit.fact import Event
from tintype.kit.ids import IdSource, RandomIds
from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.log import log_of
from tintype.kit.store.sqlite import Database

TRIM_EVERY: Final = timedelta(hours=1)
CHECK_S: Final = 5.0  # how often a reader that waits checks its position
_TRIM_BATCH: Final = 1_000  # rows in a write, so that nobody waits long for the writer
_PAGE: Final = 200

_OLDEST_OUT: Final = (
    "SELECT * FROM (SELECT e.sequence, e.time_ms FROM deliveries d JOIN events e ON e.sequence = d.sequence"
    " WHERE d.consumer = ? ORDER BY d.sequence LIMIT 1)"
)

_log: Final = log_of(__name__)


class SqliteEventStream:
    """EventStream on one file, which this process holds alone."""

    def __init__(self, database: Database, *, ids: IdSource, clock: Clock) -> None:
        self._database = database
        self._ids = ids
        self._clock = clock
        self._queues: dict[str, Queue] = {}
        self._readers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._dead_letters = SqliteDeadLetters(database, self.publish)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database: Database, *, ids: IdSource | None = None, clock: Clock | None = None
    ) -> AsyncIterator[SqliteEventStream]:
        """Make the tables; trim what is older than RETENTION, now and every hour."""
        stream = cls(database, ids=ids or RandomIds(), clock=clock or SystemClock())
        await stream._prepare()
        trimming = asyncio.create_task(stream._keep_trimmed())
        try:
            yield stream
        finally:
            trimming.cancel()
            await asyncio.gather(trimming, return_exceptions=True)

    @property
    def dead_letters(self) -> SqliteDeadLetters:
        """See the port."""
        return self._dead_letters

    async def publish(self, events: Sequence[Event]) -> None:
        """See the port. An event id is recognised for as long as its fact is kept."""
        stored_ms = milliseconds(self._clock.now())
        rows = [
            (e.event_id, e.owner_id, e.name, int(e.priority), milliseconds(e.time), stored_ms, e.payload)
            for e in events
        ]

        def change(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO events (event_id, owner_id, name, priority, time_ms, stored_ms, payload)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING",
                rows,
            )

        with store_errors():
            await self._database.write(change)
        self._wake(events)

    async def consumer(self, spec: ConsumerSpec) -> SqliteConsumer:
        """See the port."""
        queue = self._queues.setdefault(spec.name, Queue(spec))
        queue.spec = spec
        return await SqliteConsumer.open(self._database, queue, self._ids, self._clock)

    async def remove_consumer(self, name: str) -> None:
        """See the port."""

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM deliveries WHERE consumer = ?", (name,))
            connection.execute("DELETE FROM consumers WHERE name = ?", (name,))

        with store_errors():
            await self._database.write(change)
        self._queues.pop(name, None)

    async def pending(self, name: str) -> int:
        """See the port."""

        def count(connection: sqlite3.Connection) -> int:
            stored = load_consumer(connection, name)
            out = connection.execute("SELECT count(*) FROM deliveries WHERE consumer = ?", (name,)).fetchone()
            waiting = connection.execute(
                f"SELECT count(*) FROM events e WHERE e.sequence > ?{stored.wants.condition}",
                (stored.position, *stored.wants.values),
            ).fetchone()
            return int(out[0]) + int(waiting[0])

        with store_errors():
            return await self._database.read(count)

    async def in_flight(self, name: str) -> int:
        """See the port."""

        def count(connection: sqlite3.Connection) -> int:
            load_consumer(connection, name)
            query = "SELECT count(*) FROM deliveries WHERE consumer = ?"
            return int(connection.execute(query, (name,)).fetchone()[0])

        with store_errors():
            return await self._database.read(count)

    async def oldest_unacknowledged(self, name: str) -> datetime | None:
        """See the port."""

        def oldest(connection: sqlite3.Connection) -> datetime | None:
            stored = load_consumer(connection, name)
            row = connection.execute(
                f"{_OLDEST_OUT} UNION ALL SELECT * FROM (SELECT e.sequence, e.time_ms FROM events e"
                f" WHERE e.sequence > ?{stored.wants.condition} ORDER BY e.sequence LIMIT 1) ORDER BY 1 LIMIT 1",
                (name, stored.position, *stored.wants.values),
            ).fetchone()
            return instant_of(row[1]) if row else None

        with store_errors():
            return await self._database.read(oldest)

    async def state(self) -> StreamState:
        """See the port."""
        with store_errors():
            return await self._database.read(load_state)

    async def read(
        self, owner_id: str, *, after: Position, names: Collection[str] = (), wait: bool = True
    ) -> AsyncGenerator[StoredEvent, None]:
        """See the port."""
        wants, woken = filter_of(names), asyncio.Event()
        self._readers[owner_id].add(woken)
        try:
            while True:
                woken.clear()
                page = await self._page(owner_id, after, wants)
                for stored in page:
                    yield stored
                    after = stored.position
                if not page and not wait:
                    return
                if not page:
                    await _within(CHECK_S, woken)
        finally:
            self._readers[owner_id].discard(woken)
            if not self._readers[owner_id]:
                del self._readers[owner_id]

    async def count_owner(self, owner_id: str) -> int:
        """See the port."""
        query = (
            "SELECT (SELECT count(*) FROM events WHERE owner_id = ?)"
            " + (SELECT count(*) FROM dead_letters WHERE owner_id = ?)"
        )
        with store_errors():
            return await self._database.read(
                lambda connection: int(connection.execute(query, (owner_id, owner_id)).fetchone()[0])
            )

    async def purge_owner(self, owner_id: str) -> int:
        """See the port."""

        def change(connection: sqlite3.Connection) -> int:
            connection.execute(
                "DELETE FROM deliveries WHERE sequence IN (SELECT sequence FROM events WHERE owner_id = ?)", (owner_id,)
            )
            events = connection.execute("DELETE FROM events WHERE owner_id = ?", (owner_id,)).rowcount
            letters = connection.execute("DELETE FROM dead_letters WHERE owner_id = ?", (owner_id,)).rowcount
            return events + letters

        with store_errors():
            erased = await self._database.write(change)
        for queue in self._queues.values():  # places may have become free
            queue.wake.set()
        return erased

    async def trim(self) -> int:
        """Drop what was stored longer than RETENTION ago; returns how many facts."""
        trimmed = 0
        with store_errors():
            while count := await self._database.write(_trimming(milliseconds(self._clock.now() - RETENTION))):
                trimmed += count
        return trimmed

    async def _prepare(self) -> None:
        epoch = f"{milliseconds(self._clock.now()):x}-{self._ids.new()[-12:]}"
        with store_errors():
            await self._database.migrate(COMPONENT, MIGRATIONS)
            await self._database.write(
                lambda connection: (
                    connection.execute(
                        "INSERT INTO stream SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM stream)", (epoch,)
                    ).rowcount
                )
            )

    async def _keep_trimmed(self) -> None:
        while True:
            try:
                await self.trim()
            except (Unavailable, ResourceExhausted) as error:
                _log.warning("events_not_trimmed", reason=error.reason, again_in_s=TRIM_EVERY.total_seconds())
            await asyncio.sleep(TRIM_EVERY.total_seconds())

    async def _page(self, owner_id: str, after: Position, wants: Filter) -> list[StoredEvent]:
        def rows(connection: sqlite3.Connection) -> list[StoredEvent]:
            load_state(connection).check(after)
            query = (
                f"SELECT e.sequence, {EVENT} FROM events e WHERE e.owner_id = ? AND e.sequence > ?{wants.condition}"
                " ORDER BY e.sequence LIMIT ?"
            )
            found = connection.execute(query, (owner_id, after.sequence, *wants.values, _PAGE))
            return [StoredEvent(replace(after, sequence=row[0]), event_of(row[1:])) for row in found]

        with store_errors():
            return await self._database.read(rows)

    def _wake(self, events: Sequence[Event]) -> None:
        for queue in self._queues.values():
            if any(queue.hears.wants(event) for event in events):
                queue.wake.set()
        for owner_id in {event.owner_id for event in events}:
            for woken in self._readers.get(owner_id, ()):
                woken.set()


async def _within(seconds: float, woken: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        pass


def _trimming(before_ms: int) -> Callable[[sqlite3.Connection], int]:
    """Drop at most _TRIM_BATCH facts from the beginning of the stream, and note how far."""

    def change(connection: sqlite3.Connection) -> int:
        rows = connection.execute(
            "SELECT sequence, stored_ms FROM events ORDER BY sequence LIMIT ?", (_TRIM_BATCH,)
        ).fetchall()
        old = list(takewhile(lambda row: row[1] < before_ms, rows))
        if not old:
            return 0
        last = old[-1][0]
        connection.execute("DELETE FROM deliveries WHERE sequence <= ?", (last,))
        connection.execute("UPDATE stream SET trimmed = ?", (last,))
        return connection.execute("DELETE FROM events WHERE sequence <= ?", (last,)).rowcount

    return change
