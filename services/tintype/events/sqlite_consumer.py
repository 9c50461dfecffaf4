"""A durable consumer on SQLite: what is out and how often is in the file, when it is due again in memory.

The file belongs to one process, so after a restart everything that was out is due at once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tintype.events.ports import LONGEST_DELAY, MAX_DELIVERIES, ConsumerSpec, StreamFull, StreamUnavailable
from tintype.events.sqlite_tables import (
    EVENT,
    Hears,
    event_of,
    last_sequence,
    load_consumer,
    save_consumer,
    store_errors,
)
from tintype.kit.clock import Clock
from tintype.kit.fact import Event
from tintype.kit.ids import IdSource
from tintype.kit.instants import milliseconds
from tintype.kit.store.sqlite import Database


@dataclass(frozen=True, slots=True)
class Given:
    """A fact taken out of the stream for a consumer."""

    sequence: int
    delivered: int
    event: Event


@dataclass(eq=False, slots=True)
class Queue:
    """What all that opened one consumer share. `due` has every fact that is out, and when it is to come again.

    It may hear more than `spec` asks for: what an earlier version had asked for too.
    """

    spec: ConsumerSpec
    hears: Hears = field(default_factory=lambda: Hears(frozenset(), frozenset()))
    due: dict[int, float] = field(default_factory=dict)
    # Set when there may be something new to give; clear means that only `due` can bring something.
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def due_at(self, now: float) -> list[int]:
        """What is to come again, the longest overdue first."""
        return sorted((sequence for sequence, due in self.due.items() if due <= now), key=self.due.__getitem__)

    def postpone(self, sequence: int, due: float) -> None:
        """Move the time at which one comes again, if it is still out."""
        if sequence in self.due:
            self.due[sequence] = due

    def done(self, sequence: int) -> None:
        """It is out no longer; whoever waits for a free place looks again."""
        if len(self.due) >= self.spec.max_ack_pending:
            self.wake.set()
        self.due.pop(sequence, None)


class SqliteConsumer:
    """Consumer on the tables of the stream."""

    def __init__(self, database: Database, queue: Queue, ids: IdSource, clock: Clock) -> None:
        self._database = database
        self._queue = queue
        self._ids = ids
        self._clock = clock

    @classmethod
    async def open(cls, database: Database, queue: Queue, ids: IdSource, clock: Clock) -> SqliteConsumer:
        """Make or change the consumer; what was out when the process ended is due now."""

        def change(connection: sqlite3.Connection) -> tuple[Hears, list[int]]:
            hears = save_consumer(connection, queue.spec)
            query = "SELECT sequence FROM deliveries WHERE consumer = ?"
            return hears, [row[0] for row in connection.execute(query, (queue.spec.name,))]

        with store_errors():
            queue.hears, out = await database.write(change)
        for sequence in out:
            queue.due.setdefault(sequence, 0.0)
        queue.wake.set()
        return cls(database, queue, ids, clock)

    @property
    def spec(self) -> ConsumerSpec:
        """See the port."""
        return self._queue.spec

    async def fetch(self, batch: int, wait: timedelta) -> Sequence[SqliteDelivery]:
        """See the port."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait.total_seconds()
        while True:
            taking = asyncio.ensure_future(self._take(batch))
            try:
                given = await asyncio.shield(taking)
            except asyncio.CancelledError:
                taking.add_done_callback(self._return)
                raise
            left = deadline - loop.time()
            if given or left <= 0:
                return [SqliteDelivery(self, each) for each in given]
            await self._wait(left)

    def _return(self, taking: asyncio.Future[list[Given]]) -> None:
        """Nobody waits for it any more: let it come again at once."""
        if not taking.cancelled() and taking.exception() is None:
            for given in taking.result():
                self.postpone(given, timedelta(0))
            self.wake()

    async def _wait(self, longest: float) -> None:
        now = asyncio.get_running_loop().time()
        soonest = min(self._queue.due.values(), default=now + longest)
        try:
            async with asyncio.timeout(max(0.0, min(longest, soonest - now))):
                await self._queue.wake.wait()
        except TimeoutError:
            pass

    async def _take(self, batch: int) -> list[Given]:
        queue, loop = self._queue, asyncio.get_running_loop()
        due = queue.due_at(loop.time())[:batch]
        if not due and not queue.wake.is_set():
            return []
        queue.wake.clear()
        for sequence in due:  # so that a fetch beside this one does not take it too
            queue.due[sequence] = loop.time() + self.spec.ack_wait.total_seconds()
        letters = {sequence: self._ids.new() for sequence in due}
        time_ms = milliseconds(self._clock.now())

        def change(connection: sqlite3.Connection) -> list[Given]:
            again = _give_again(connection, self.spec, letters, time_ms)
            return again + _give_new(connection, self.spec, batch - len(again))

        try:
            with store_errors():
                given = await self._database.write(change)
        except (StreamUnavailable, StreamFull):
            queue.due.update(dict.fromkeys(due, loop.time()))
            queue.wake.set()
            raise
        for sequence in due:
            queue.due.pop(sequence, None)
        deadline = loop.time() + self.spec.ack_wait.total_seconds()
        queue.due.update((each.sequence, deadline) for each in given)
        if given:
            queue.wake.set()  # there may be more
        return given

    async def end(self, given: Given) -> None:
        """Take it out of what is to be done."""

        def change(connection: sqlite3.Connection) -> None:
            _delete(connection, self.spec.name, given.sequence)

        with store_errors():
            await self._database.write(change)
        self._queue.done(given.sequence)

    async def give_up(self, given: Given, reason: str) -> None:
        """Make it a dead letter, unless somebody has ended it."""
        letter, time_ms = self._ids.new(), milliseconds(self._clock.now())

        def change(connection: sqlite3.Connection) -> None:
            if _delete(connection, self.spec.name, given.sequence):
                _bury(connection, self.spec.name, given, letter, reason, time_ms)

        with store_errors():
            await self._database.write(change)
        self._queue.done(given.sequence)

    def postpone(self, given: Given, delay: timedelta) -> None:
        """Let it come again after `delay`."""
        self._queue.postpone(given.sequence, asyncio.get_running_loop().time() + delay.total_seconds())

    def wake(self) -> None:
        """Let a waiting fetch look when it has to look next."""
        self._queue.wake.set()


class SqliteDelivery:
    """Delivery of a SqliteConsumer."""

    def __init__(self, consumer: SqliteConsumer, given: Given) -> None:
        self._consumer = consumer
        self._given = given
        self._answered = False

    @property
    def event(self) -> Event:
        """See the port."""
        return self._given.event

    @property
    def sequence(self) -> int:
        """See the port."""
        return self._given.sequence

    @property
    def delivered(self) -> int:
        """See the port."""
        return self._given.delivered

    async def ack(self) -> None:
        """See the port."""
        if not self._answered:
            await self._consumer.end(self._given)
            self._answered = True

    async def nak(self, delay: timedelta) -> None:
        """See the port."""
        if not timedelta(0) <= delay <= LONGEST_DELAY:
            raise ValueError(f"a delay of {delay} would hold up others; at most {LONGEST_DELAY}")
        if not self._answered:
            self._answered = True
            self._consumer.postpone(self._given, delay)
            self._consumer.wake()

    async def in_progress(self) -> None:
        """See the port."""
        if not self._answered:
            self._consumer.postpone(self._given, self._consumer.spec.ack_wait)

    async def terminate(self, reason: str) -> None:
        """See the port."""
        if not self._answered:
            await self._consumer.give_up(self._given, reason)
            self._answered = True


def _give_again(
    connection: sqlite3.Connection, spec: ConsumerSpec, letters: Mapping[int, str], time_ms: int
) -> list[Given]:
    """Count one more delivery of each key of `letters`; one delivered too often becomes the dead letter of that id."""
    query = (
        f"SELECT d.delivered, {EVENT} FROM deliveries d JOIN events e ON e.sequence = d.sequence"
        " WHERE d.consumer = ? AND d.sequence = ?"
    )
    again = []
    for sequence, letter in letters.items():
        row = connection.execute(query, (spec.name, sequence)).fetchone()
        if row is None:  # answered meanwhile, or erased with its owner
            continue
        given = Given(sequence, row[0] + 1, event_of(row[1:]))
        if row[0] >= spec.max_deliver:
            _delete(connection, spec.name, sequence)
            spent = replace(given, delivered=row[0])
            _bury(connection, spec.name, spent, letter, MAX_DELIVERIES, time_ms)
            continue
        update = "UPDATE deliveries SET delivered = delivered + 1 WHERE consumer = ? AND sequence = ?"
        connection.execute(update, (spec.name, sequence))
        again.append(given)
    return again


def _give_new(connection: sqlite3.Connection, spec: ConsumerSpec, batch: int) -> list[Given]:
    """Take the next ones that were never given, as many as there is room for."""
    out = connection.execute("SELECT count(*) FROM deliveries WHERE consumer = ?", (spec.name,)).fetchone()[0]
    room = min(batch, spec.max_ack_pending - out)
    if room <= 0:
        return []
    stored = load_consumer(connection, spec.name)
    rows = connection.execute(
        f"SELECT e.sequence, {EVENT} FROM events e WHERE e.sequence > ?{stored.wants.condition}"
        " ORDER BY e.sequence LIMIT ?",
        (stored.position, *stored.wants.values, room),
    ).fetchall()
    # With fewer than asked for, all that is stored was looked at: it need not be looked at again.
    position = rows[-1][0] if len(rows) == room else last_sequence(connection)
    if position > stored.position:
        connection.execute("UPDATE consumers SET position = ? WHERE name = ?", (position, spec.name))
    connection.executemany("INSERT INTO deliveries VALUES (?, ?, 1)", [(spec.name, row[0]) for row in rows])
    return [Given(row[0], 1, event_of(row[1:])) for row in rows]


def _delete(connection: sqlite3.Connection, consumer: str, sequence: int) -> bool:
    statement = "DELETE FROM deliveries WHERE consumer = ? AND sequence = ?"
    return connection.execute(statement, (consumer, sequence)).rowcount > 0


def _bury(connection: sqlite3.Connection, consumer: str, given: Given, letter: str, reason: str, time_ms: int) -> None:
    connection.execute(
        "INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?, ?)",
        (letter, consumer, given.sequence, given.event.owner_id, given.delivered, reason, time_ms),
    )
