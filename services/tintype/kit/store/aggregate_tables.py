"""Making the tables of an aggregate, and its entries in the side tables."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from tintype.kit.store.aggregate_shape import FIXED, Shape

T = TypeVar("T")
F = TypeVar("F")

_SHAPES = "CREATE TABLE IF NOT EXISTS aggregate_shapes (name TEXT PRIMARY KEY, signature TEXT NOT NULL)"


def make_tables(connection: sqlite3.Connection, shape: Shape[T, F]) -> None:
    """Make the tables, or make them anew from the documents if the shape has changed since."""
    connection.execute(_SHAPES)
    row = connection.execute("SELECT signature FROM aggregate_shapes WHERE name = ?", (shape.table,)).fetchone()
    signature = shape.signature()
    if row is not None and row[0] == signature:
        return
    if row is None:
        _create(connection, shape)
    else:
        _remake(connection, shape)
    connection.execute(
        "INSERT OR REPLACE INTO aggregate_shapes VALUES (?, ?)",
        (shape.table, signature),
    )


def write_entries(
    connection: sqlite3.Connection,
    shape: Shape[T, F],
    key: tuple[str, str],
    aggregate: T | None,
) -> None:
    """Make the side tables agree with the aggregate; None takes its entries away."""
    for entries in shape.entries:
        table = shape.side_table(entries)
        connection.execute(f"DELETE FROM {table} WHERE owner_id = ? AND id = ?", key)
        if aggregate is not None:
            marks = ", ".join("?" * (2 + len(entries.columns)))
            rows = [(*key, *values) for values in entries.of(aggregate)]
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _create(connection: sqlite3.Connection, shape: Shape[T, F]) -> None:
    for statement in shape.statements():
        connection.execute(statement)


def _remake(connection: sqlite3.Connection, shape: Shape[T, F]) -> None:
    """A document that a newer version wrote raises NewerSchema, and everything stays as it was."""
    old = f"{shape.table}__old"
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in tables:
        if name.startswith(f"{shape.table}_") and _is_side_table(connection, name):
            connection.execute(f"DROP TABLE {name}")
    indexes = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (shape.table,),
    ).fetchall()
    for (name,) in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute(f"ALTER TABLE {shape.table} RENAME TO {old}")
    _create(connection, shape)
    names = (*FIXED, *(column.name for column in shape.columns))
    insert = f"INSERT INTO {shape.table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    for row in connection.execute(f"SELECT {', '.join(FIXED)} FROM {old}"):
        owner_id, aggregate_id, revision, schema, doc, *waiting = row
        aggregate = shape.codec.load_text(doc, schema=schema)
        if schema != shape.codec.schema:  # written anew, for documents of older schemas take longer to read
            schema, doc = shape.codec.schema, shape.codec.dump_text(aggregate)
        fixed = (owner_id, aggregate_id, revision, schema, doc, *waiting)
        connection.execute(insert, (*fixed, *shape.keys(aggregate)))
        write_entries(connection, shape, (owner_id, aggregate_id), aggregate)
    connection.execute(f"DROP TABLE {old}")


def _is_side_table(connection: sqlite3.Connection, table: str) -> bool:
    """Side tables are known by the index that only they have; a table of another name may begin alike."""
    row = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?",
        (f"{table}__of",),
    )
    return row.fetchone() is not None
