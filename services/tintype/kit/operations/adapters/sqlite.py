"""Leases and registry in SQLite, beside the tables of the services."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import Final

from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.operations.adapters.keys import ENTRY, RUN
from tintype.kit.operations.domain import Lease, ProcessEntry, SweepRun
from tintype.kit.operations.ports import LeaseHeld, LeaseLost
from tintype.kit.store.sqlite import Database

_TABLES: Final = """
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, expire_ms INTEGER NOT NULL, revision INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE processes (process_id TEXT PRIMARY KEY, heartbeat_ms INTEGER NOT NULL, schema INTEGER NOT NULL,
    doc TEXT NOT NULL);
CREATE TABLE sweep_runs (sweep TEXT PRIMARY KEY, end_ms INTEGER NOT NULL, schema INTEGER NOT NULL, doc TEXT NOT NULL);
"""


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
        return [Lease(name, holder, instant_of(expire_ms), revision) for name, holder, expire_ms, revision in rows]


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
    return Lease(name, row[0], instant_of(row[1]), row[2]) if row else None


def _store(connection: sqlite3.Connection, lease: Lease) -> Lease:
    row = (lease.name, lease.holder, milliseconds(lease.expire_time), lease.revision)
    connection.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", row)
    return lease
