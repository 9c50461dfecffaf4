"""Aggregates with their unpublished facts in SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from tintype.kit.clock import Clock, SystemClock
from tintype.kit.ids import IdSource, RandomIds
from tintype.kit.outbox import Unpublished
from tintype.kit.store import aggregate_outbox as outbox
from tintype.kit.store.aggregate_shape import FIXED, Key, Shape, conditions, with_revision
from tintype.kit.store.aggregate_tables import make_tables, write_entries
from tintype.kit.store.aggregates import Page
from tintype.kit.store.errors import NewerSchema
from tintype.kit.store.sqlite import Database

T = TypeVar("T")
F = TypeVar("F")
B = TypeVar("B", contravariant=True)


class Beside(Protocol[B]):
    """A table that a repository keeps itself beside its aggregates: it is written in the same transactions."""

    def put(self, connection: sqlite3.Connection, aggregate: B, /) -> None:
        """One was added or replaced."""

    def drop(self, connection: sqlite3.Connection, owner_id: str, aggregate_id: str = "", /) -> None:
        """One was taken away, or all of an owner."""


class SqliteAggregates(Generic[T, F]):
    """`Aggregates` in a table of SQLite; every write is one transaction."""

    def __init__(
        self, database: Database, shape: Shape[T, F], ids: IdSource, clock: Clock, beside: Beside[T] | None = None
    ) -> None:
        self._database = database
        self._shape = shape
        self._ids = ids
        self._clock = clock
        self._beside = beside
        self._listeners: list[Callable[[Sequence[Unpublished[F]]], None]] = []
        names = (*FIXED, *(column.name for column in shape.columns))
        self._insert = f"INSERT INTO {shape.table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        assigned = ", ".join(f"{name} = ?" for name in names[2:])
        self._update = f"UPDATE {shape.table} SET {assigned} WHERE owner_id = ? AND id = ?"

    @classmethod
    async def open(
        cls,
        database: Database,
        shape: Shape[T, F],
        *,
        ids: IdSource | None = None,
        clock: Clock | None = None,
        beside: Beside[T] | None = None,
    ) -> SqliteAggregates[T, F]:
        """Make the tables, or make them anew if the shape has changed."""
        await database.write(lambda connection: make_tables(connection, shape))
        return cls(database, shape, ids or RandomIds(), clock or SystemClock(), beside)

    async def add(self, aggregate: T, *, facts: Sequence[F] = ()) -> None:
        entries = self._entries(aggregate, facts)

        def change(connection: sqlite3.Connection) -> None:
            row = self._row(aggregate, [self._dump(entry) for entry in entries])
            self._write(connection, aggregate, self._insert, row)

        await self._database.write(change)
        self._tell(entries)

    async def replace(self, aggregate: T, *, facts: Sequence[F] = ()) -> T:
        shape = self._shape
        stored = shape.at_revision(aggregate, shape.revision(aggregate) + 1)
        entries = self._entries(stored, facts)

        def change(connection: sqlite3.Connection) -> None:
            waiting = self._expect(connection, aggregate) + [self._dump(entry) for entry in entries]
            owner_id, aggregate_id, *row = self._row(stored, waiting)
            self._write(connection, stored, self._update, (*row, owner_id, aggregate_id))

        await self._database.write(change)
        self._tell(entries)
        return stored

    async def remove(self, aggregate: T) -> None:
        key = (self._shape.owner_id(aggregate), self._shape.aggregate_id(aggregate))

        def change(connection: sqlite3.Connection) -> None:
            self._expect(connection, aggregate)
            self._delete(connection, key)

        await self._database.write(change)

    async def discard(self, *, owner_id: str, aggregate_id: str) -> bool:
        key = (owner_id, aggregate_id)
        return await self._database.write(lambda connection: self._delete(connection, key)) == 1

    async def remove_owner(self, owner_id: str) -> int:
        def change(connection: sqlite3.Connection) -> int:
            for entries in self._shape.entries:
                connection.execute(
                    f"DELETE FROM {self._shape.side_table(entries)} WHERE owner_id = ?",
                    (owner_id,),
                )
            if self._beside is not None:
                self._beside.drop(connection, owner_id)
            return connection.execute(f"DELETE FROM {self._shape.table} WHERE owner_id = ?", (owner_id,)).rowcount

        return await self._database.write(change)

    async def remove_range(self, index: str, *equal: Key, until: Sequence[Key] = ()) -> int:
        table, declared = self._shape.index(index)
        where, values = conditions(declared, equal, (), until, False)
        query = f"SELECT k.owner_id, k.id FROM {table} k {where}"

        def change(connection: sqlite3.Connection) -> int:
            return sum(self._delete(connection, key) for key in connection.execute(query, values).fetchall())

        return await self._database.write(change)

    async def load(self, *, owner_id: str, aggregate_id: str) -> T:
        found = await self.load_many(owner_id=owner_id, aggregate_ids=[aggregate_id])
        if not found:
            raise self._shape.not_found(aggregate_id)
        return found[0]

    async def load_many(self, *, owner_id: str, aggregate_ids: Sequence[str]) -> list[T]:
        table = self._shape.table
        query = f"SELECT id, doc, schema FROM {table} WHERE owner_id = ? AND id IN (SELECT value FROM json_each(?))"
        values = (owner_id, json.dumps(list(aggregate_ids)))
        rows = await self._database.read(lambda connection: connection.execute(query, values).fetchall())
        found = {row[0]: row[1:] for row in rows}
        return [self._load(found[each]) for each in aggregate_ids if each in found]

    async def find(self, index: str, *equal: Key) -> T | None:
        found = await self.page(index, *equal, limit=1)
        return found.items[0] if found.items else None

    async def page(
        self,
        index: str,
        *equal: Key,
        limit: int,
        after: Sequence[Key] = (),
        until: Sequence[Key] = (),
        descending: bool = False,
    ) -> Page[T]:
        table, declared = self._shape.index(index)
        where, values = conditions(declared, equal, after, until, descending)
        source, doc = self._source(table)
        direction = "DESC" if descending else "ASC"
        query = (
            f"SELECT {doc}, {', '.join(f'k.{name}' for name in declared.sorting)} "
            f"FROM {source} {where} "
            f"ORDER BY {', '.join(f'k.{name} {direction}' for name in declared.sorting)} LIMIT ?"
        )
        rows = await self._database.read(lambda connection: connection.execute(query, (*values, limit + 1)).fetchall())
        items = [self._load(row) for row in rows[:limit]]
        return Page(items, tuple(rows[limit - 1][2:]) if len(rows) > limit else None)

    async def count(self, index: str, *equal: Key, until: Sequence[Key] = ()) -> int:
        table, declared = self._shape.index(index)
        where, values = conditions(declared, equal, (), until, False)
        query = f"SELECT count(*) FROM {table} k {where}"
        return await self._database.read(lambda connection: int(connection.execute(query, values).fetchone()[0]))

    async def distinct(
        self, columns: Sequence[str], index: str, *equal: Key, until: Sequence[Key] = (), limit: int
    ) -> list[tuple[Key, ...]]:
        table, declared = self._shape.index(index)
        where, values = conditions(declared, equal, (), until, False)
        query = f"SELECT DISTINCT {', '.join(f'k.{name}' for name in columns)} FROM {table} k {where} LIMIT ?"
        return await self._database.read(lambda connection: connection.execute(query, (*values, limit)).fetchall())

    async def values(self, column: str) -> list[Key]:
        query = f"SELECT {column} FROM {self._shape.table}"
        return await self._database.read(lambda connection: [row[0] for row in connection.execute(query)])

    def listen(self, written: Callable[[Sequence[Unpublished[F]]], None]) -> None:
        self._listeners.append(written)

    async def unpublished(self, *, older_than: datetime, limit: int) -> list[Unpublished[F]]:
        return await self._database.read(
            lambda connection: outbox.unpublished(connection, self._shape, older_than=older_than, limit=limit)
        )

    async def mark_published(self, facts: Sequence[Unpublished[F]]) -> None:
        await self._database.write(lambda connection: outbox.mark_published(connection, self._shape, facts))

    async def count_unpublished(self, *, older_than: datetime) -> int:
        return await self._database.read(
            lambda connection: outbox.count_unpublished(connection, self._shape, older_than=older_than)
        )

    def _entries(self, aggregate: T, facts: Sequence[F]) -> list[Unpublished[F]]:
        shape, now = self._shape, self._clock.now()
        owner_id, aggregate_id, revision = (
            shape.owner_id(aggregate),
            shape.aggregate_id(aggregate),
            shape.revision(aggregate),
        )
        return [
            Unpublished(
                self._ids.new(),
                owner_id,
                aggregate_id,
                with_revision(fact, revision),
                now,
            )
            for fact in facts
        ]

    def _dump(self, entry: Unpublished[F]) -> outbox.Entry:
        return outbox.dump(entry, self._shape)

    def _tell(self, entries: Sequence[Unpublished[F]]) -> None:
        if entries:
            for written in self._listeners:
                written(entries)

    def _load(self, row: Sequence[object]) -> T:
        doc, schema = row[0], row[1]
        assert isinstance(doc, str)
        assert isinstance(schema, int)
        return self._shape.codec.load_text(doc, schema=schema)

    def _source(self, table: str) -> tuple[str, str]:
        """Where the rows of an index come from, and where their documents are."""
        if table == self._shape.table:
            return f"{table} k", "k.doc, k.schema"
        return (
            f"{table} k JOIN {self._shape.table} t ON t.owner_id = k.owner_id AND t.id = k.id",
            "t.doc, t.schema",
        )

    def _row(self, aggregate: T, waiting: list[outbox.Entry]) -> tuple[Key | None, ...]:
        shape = self._shape
        return (
            shape.owner_id(aggregate),
            shape.aggregate_id(aggregate),
            shape.revision(aggregate),
            shape.codec.schema,
            shape.codec.dump_text(aggregate),
            json.dumps(waiting) if waiting else None,
            outbox.oldest(waiting),
            *shape.keys(aggregate),
        )

    def _write(
        self,
        connection: sqlite3.Connection,
        aggregate: T,
        statement: str,
        values: Iterable[Key | None],
    ) -> None:
        key = (self._shape.owner_id(aggregate), self._shape.aggregate_id(aggregate))
        try:
            connection.execute(statement, tuple(values))
            write_entries(connection, self._shape, key, aggregate)
            if self._beside is not None:
                self._beside.put(connection, aggregate)
        except sqlite3.IntegrityError as error:
            raise self._shape.taken(aggregate, str(error)) from error

    def _delete(self, connection: sqlite3.Connection, key: tuple[str, str]) -> int:
        write_entries(connection, self._shape, key, None)
        if self._beside is not None:
            self._beside.drop(connection, *key)
        return connection.execute(f"DELETE FROM {self._shape.table} WHERE owner_id = ? AND id = ?", key).rowcount

    def _expect(self, connection: sqlite3.Connection, aggregate: T) -> list[outbox.Entry]:
        """The facts that wait, if the stored revision is the aggregate's and its schema one that we know."""
        shape = self._shape
        aggregate_id = shape.aggregate_id(aggregate)
        row = connection.execute(
            f"SELECT revision, schema, unpublished FROM {shape.table} WHERE owner_id = ? AND id = ?",
            (shape.owner_id(aggregate), aggregate_id),
        ).fetchone()
        if row is None:
            raise shape.not_found(aggregate_id)
        if row[1] > shape.codec.schema:
            raise NewerSchema(f"{shape.table} {aggregate_id}", found=row[1], known=shape.codec.schema)
        if row[0] != shape.revision(aggregate):
            raise shape.conflict(aggregate_id)
        return outbox.parsed(row[2])
