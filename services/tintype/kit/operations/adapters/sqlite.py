"""Operations, leases and registry in SQLite, beside the tables of the services."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from tintype.kit.operations.adapters.keys import ENTRY, OPERATION, RUN, due_ms, end_ms, instant, milliseconds
from tintype.kit.operations.domain import Lease, Operation, ProcessEntry, SweepRun
from tintype.kit.operations.ports import (
    LeaseHeld,
    LeaseLost,
    OperationConflict,
    OperationCursor,
    OperationExists,
    OperationNotFound,
    OperationPage,
    Task,
)
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

_TABLES: Final = """
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, expire_ms INTEGER NOT NULL, revision INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE processes (process_id TEXT PRIMARY KEY, heartbeat_ms INTEGER NOT NULL, schema INTEGER NOT NULL,
    doc TEXT NOT NULL);
CREATE TABLE sweep_runs (sweep TEXT PRIMARY KEY, end_ms INTEGER NOT NULL, schema INTEGER NOT NULL, doc TEXT NOT NULL);
"""


OPERATIONS: Final = Shape[Operation, object](
    table="operations",
    codec=OPERATION,
    aggregate_id=lambda operation: operation.operation_id,
    not_found=OperationNotFound,
    already_exists=OperationExists,
    conflict=OperationConflict,
    columns=[
        Column("kind", "TEXT", lambda operation: operation.kind.value),
        Column("subject", "TEXT", lambda operation: operation.subject),
        Column("open", "INTEGER", lambda operation: int(not operation.state.ended)),
        Column("create_ms", "INTEGER", lambda operation: milliseconds(operation.create_time)),
        Column("due_ms", "INTEGER", due_ms),
        Column("end_ms", "INTEGER", end_ms),
    ],
    indexes=[
        Index("by_owner", ("owner_id",), ("create_ms",)),
        Index("open", ("owner_id", "open"), ("create_ms",)),
        Index("due", ("kind", "subject"), ("due_ms",)),
        Index("ended", (), ("end_ms",)),
    ],
)


class SqliteOperationRepository:
    """OperationRepository on SQLite."""

    def __init__(self, operations: SqliteAggregates[Operation, object], database: Database) -> None:
        self._operations = operations
        self._database = database

    @classmethod
    async def open(cls, database: Database) -> SqliteOperationRepository:
        """Make the table where it is not there."""
        return cls(await SqliteAggregates.open(database, OPERATIONS), database)

    async def add(self, operation: Operation) -> None:
        """See `OperationRepository`."""
        await self._operations.add(operation)

    async def load(self, *, owner_id: str, operation_id: str) -> Operation:
        """See `OperationRepository`."""
        return await self._operations.load(owner_id=owner_id, aggregate_id=operation_id)

    async def replace(self, operation: Operation) -> Operation:
        """See `OperationRepository`."""
        return await self._operations.replace(operation)

    async def page(
        self, *, owner_id: str, limit: int, after: OperationCursor | None = None, running: bool = False
    ) -> OperationPage:
        """See `OperationRepository`."""
        index, equal = ("open", (owner_id, 1)) if running else ("by_owner", (owner_id,))
        page = await self._operations.page(index, *equal, limit=limit, after=after or (), descending=True)
        if page.after is None:
            return OperationPage(page.items, None)
        last = page.items[-1]
        return OperationPage(page.items, (milliseconds(last.create_time), last.operation_id))

    async def due(self, tasks: Collection[Task], *, now: datetime, limit: int) -> list[Operation]:
        """See `OperationRepository`."""
        found: list[Operation] = []
        for task in tasks:
            page = await self._operations.page(
                "due", task.kind.value, task.subject, limit=limit, until=(milliseconds(now),)
            )
            found += page.items
        return sorted(found, key=lambda operation: operation.due_time)[:limit]

    async def remove_ended(self, *, before: datetime) -> int:
        """See `OperationRepository`."""
        query = "DELETE FROM operations WHERE end_ms < ?"
        return await self._database.write(
            lambda connection: connection.execute(query, (milliseconds(before),)).rowcount
        )

    async def remove_owner(self, owner_id: str) -> int:
        """See `OperationRepository`."""
        return await self._operations.remove_owner(owner_id)


class SqliteLeaseRepository:
    """LeaseRepository on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, database: Database) -> SqliteLeaseRepository:
        """Make the table where it is not there."""
        await database.migrate("operations", [_TABLES])
        return cls(database)

    async def acquire(self, name: str, *, holder: str, now: datetime, ttl: timedelta) -> Lease:
        """See `LeaseRepository`."""

        def change(connection: sqlite3.Connection) -> Lease:
            there = _lease(connection, name)
            if there is not None and there.expire_time > now:
                raise LeaseHeld(name)
            return _store(connection, Lease(name, holder, now + ttl, there.revision + 1 if there else 1))

        return await self._database.write(change)

    async def renew(self, lease: Lease, *, now: datetime, ttl: timedelta) -> Lease:
        """See `LeaseRepository`."""

        def change(connection: sqlite3.Connection) -> Lease:
            there = _lease(connection, lease.name)
            if there is None or there.holder != lease.holder:
                raise LeaseLost(lease.name)
            return _store(connection, Lease(lease.name, lease.holder, now + ttl, there.revision + 1))

        return await self._database.write(change)

    async def release(self, lease: Lease) -> None:
        """See `LeaseRepository`."""
        query = "DELETE FROM leases WHERE name = ? AND holder = ?"
        await self._database.write(lambda connection: connection.execute(query, (lease.name, lease.holder)).rowcount)

    async def load(self, name: str) -> Lease | None:
        """See `LeaseRepository`."""
        return await self._database.read(lambda connection: _lease(connection, name))

    async def expired(self, prefix: str, *, before: datetime, limit: int) -> list[Lease]:
        """See `LeaseRepository`."""
        query = (
            "SELECT name, holder, expire_ms, revision FROM leases WHERE name >= ? AND name < ? AND expire_ms <= ?"
            " ORDER BY name LIMIT ?"
        )
        given = (prefix, f"{prefix}\U0010ffff", milliseconds(before), limit)
        rows = await self._database.read(lambda connection: connection.execute(query, given).fetchall())
        return [Lease(name, holder, instant(expire_ms), revision) for name, holder, expire_ms, revision in rows]


class SqliteRegistryRepository:
    """RegistryRepository on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, database: Database) -> SqliteRegistryRepository:
        """Make the tables where they are not there."""
        await database.migrate("operations", [_TABLES])
        return cls(database)

    async def put(self, entry: ProcessEntry) -> None:
        """See `RegistryRepository`."""
        row = (entry.process_id, milliseconds(entry.heartbeat_time), ENTRY.schema)
        text = ENTRY.dump_text(entry)
        query = "INSERT OR REPLACE INTO processes VALUES (?, ?, ?, ?)"
        await self._database.write(lambda connection: connection.execute(query, (*row, text)).rowcount)

    async def entries(self, *, alive_since: datetime) -> list[ProcessEntry]:
        """See `RegistryRepository`."""
        query = "SELECT doc, schema FROM processes WHERE heartbeat_ms >= ? ORDER BY process_id"
        since = milliseconds(alive_since)
        rows = await self._database.read(lambda connection: connection.execute(query, (since,)).fetchall())
        return [ENTRY.load_text(text, schema=schema) for text, schema in rows]

    async def remove(self, process_id: str) -> None:
        """See `RegistryRepository`."""
        query = "DELETE FROM processes WHERE process_id = ?"
        await self._database.write(lambda connection: connection.execute(query, (process_id,)).rowcount)

    async def remove_silent(self, *, before: datetime) -> int:
        """See `RegistryRepository`."""
        query = "DELETE FROM processes WHERE heartbeat_ms < ?"
        return await self._database.write(
            lambda connection: connection.execute(query, (milliseconds(before),)).rowcount
        )

    async def record_sweep(self, run: SweepRun) -> None:
        """See `RegistryRepository`."""
        row = (run.sweep, milliseconds(run.end_time), RUN.schema, RUN.dump_text(run))
        query = (
            "INSERT INTO sweep_runs VALUES (?, ?, ?, ?) ON CONFLICT (sweep) DO UPDATE "
            "SET end_ms = excluded.end_ms, schema = excluded.schema, doc = excluded.doc WHERE end_ms <= excluded.end_ms"
        )
        await self._database.write(lambda connection: connection.execute(query, row).rowcount)

    async def sweep_runs(self) -> list[SweepRun]:
        """See `RegistryRepository`."""
        query = "SELECT doc, schema FROM sweep_runs ORDER BY sweep"
        rows = await self._database.read(lambda connection: connection.execute(query).fetchall())
        return [RUN.load_text(text, schema=schema) for text, schema in rows]


def _lease(connection: sqlite3.Connection, name: str) -> Lease | None:
    row = connection.execute("SELECT holder, expire_ms, revision FROM leases WHERE name = ?", (name,)).fetchone()
    return Lease(name, row[0], instant(row[1]), row[2]) if row else None


def _store(connection: sqlite3.Connection, lease: Lease) -> Lease:
    row = (lease.name, lease.holder, milliseconds(lease.expire_time), lease.revision)
    connection.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", row)
    return lease
