"""Records of one table of SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Generic, TypeVar, cast

from tintype.kit.store import aggregate_outbox as outbox
from tintype.kit.store.aggregate_shape import FIXED, Key, Shape
from tintype.kit.store.aggregate_tables import make_tables, write_entries
from tintype.kit.store.documents import Document
from tintype.kit.store.records import Record, RecordKey, Stamp
from tintype.kit.store.sqlite import Database

T = TypeVar("T")
F = TypeVar("F")


class SqliteRecords(Generic[T, F]):
    """Records on SQLite."""

    def __init__(self, database: Database, shape: Shape[T, F]) -> None:
        self._database = database
        self._shape = shape
        names = (*FIXED, *(column.name for column in shape.columns))
        marks = ", ".join("?" * len(names))
        self._put = f"INSERT OR REPLACE INTO {shape.table} ({', '.join(names)}) VALUES ({marks})"

    @property
    def name(self) -> str:
        return self._shape.table

    async def prepare(self) -> None:
        await self._database.write(lambda connection: make_tables(connection, self._shape))

    async def stamps(self, *, after: RecordKey | None, limit: int) -> list[Stamp]:
        query = (
            f"SELECT owner_id, id, revision, unpublished FROM {self.name} WHERE (owner_id, id) > (?, ?) "
            "ORDER BY owner_id, id LIMIT ?"
        )

        def read(connection: sqlite3.Connection) -> list[Stamp]:
            if not self._is_there(connection):
                return []
            rows = connection.execute(query, (*(after or ("", "")), limit))
            return [Stamp((row[0], row[1]), row[2], _event_ids(row[3])) for row in rows]

        return await self._database.read(read)

    async def read(self, keys: Sequence[RecordKey]) -> list[Record]:
        query = (
            f"SELECT owner_id, id, revision, schema, doc, unpublished FROM {self.name} WHERE owner_id = ? AND id = ?"
        )

        def read(connection: sqlite3.Connection) -> list[Record]:
            rows = [connection.execute(query, key).fetchone() for key in keys] if self._is_there(connection) else []
            return [_record(row) for row in rows if row is not None]

        return await self._database.read(read)

    async def write(self, records: Sequence[Record]) -> None:
        rows = [self._row(record) for record in records]

        def change(connection: sqlite3.Connection) -> None:
            for (aggregate, row), record in zip(rows, records, strict=True):
                connection.execute(self._put, row)
                write_entries(connection, self._shape, record.key, aggregate)

        await self._database.write(change)

    async def remove(self, keys: Sequence[RecordKey]) -> None:
        def change(connection: sqlite3.Connection) -> None:
            for key in keys:
                connection.execute(f"DELETE FROM {self.name} WHERE owner_id = ? AND id = ?", key)
                write_entries(connection, self._shape, key, None)

        await self._database.write(change)

    async def count(self) -> int:
        def read(connection: sqlite3.Connection) -> int:
            if not self._is_there(connection):
                return 0
            return int(connection.execute(f"SELECT count(*) FROM {self.name}").fetchone()[0])

        return await self._database.read(read)

    def _is_there(self, connection: sqlite3.Connection) -> bool:
        query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
        return connection.execute(query, (self.name,)).fetchone() is not None

    def _row(self, record: Record) -> tuple[T, tuple[Key | None, ...]]:
        text = json.dumps(record.content)
        aggregate = self._shape.codec.load_text(text, schema=record.schema)
        waiting = cast(list[outbox.Entry], list(record.unpublished))
        facts = (json.dumps(waiting) if waiting else None, outbox.oldest(waiting))
        return aggregate, (
            *record.key,
            record.revision,
            record.schema,
            text,
            *facts,
            *self._shape.keys(aggregate),
        )


def _event_ids(text: str | None) -> tuple[str, ...]:
    return tuple(entry["event_id"] for entry in outbox.parsed(text))


def _record(row: tuple[str, str, int, int, str, str | None]) -> Record:
    owner_id, record_id, revision, schema, doc, unpublished = row
    content = cast(Document, json.loads(doc))
    entries = cast(list[dict[str, object]], outbox.parsed(unpublished))
    return Record((owner_id, record_id), revision, schema, content, entries)
