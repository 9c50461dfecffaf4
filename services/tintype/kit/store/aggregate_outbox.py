"""Unpublished facts in the row of their aggregate."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, TypedDict, TypeVar, cast

from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.log import log_of
from tintype.kit.outbox import Unpublished
from tintype.kit.store.aggregate_shape import Shape
from tintype.kit.store.documents import Document, FactCodec
from tintype.kit.store.errors import NewerSchema

T = TypeVar("T")
F = TypeVar("F")


_log: Final = log_of(__name__)


class Entry(TypedDict):
    """A fact as it lies in its row; `time_ms` counts from 1970."""

    event_id: str
    time_ms: int
    fact: Document


def dump(unpublished: Unpublished[F], shape: Shape[T, F]) -> Entry:
    """The entry of a fact."""
    fact = shape.facts.dump(unpublished.fact)
    return {
        "event_id": unpublished.event_id,
        "time_ms": milliseconds(unpublished.time),
        "fact": fact,
    }


def parsed(text: str | None) -> list[Entry]:
    """The entries of a row."""
    return cast(list[Entry], json.loads(text)) if text else []


def oldest(entries: Sequence[Entry]) -> int | None:
    """When the first of them was written, None if there is none."""
    return min((entry["time_ms"] for entry in entries), default=None)


def loaded(
    entries: Sequence[Entry], facts: FactCodec[F], *, owner_id: str, aggregate_id: str, older_than: datetime
) -> Iterator[Unpublished[F]]:
    """The facts of an aggregate that were written before.

    One that this version cannot read is reported and stays where it is: it must not hold up all others, and a newer
    process publishes it.
    """
    for entry in entries:
        time = instant_of(entry["time_ms"])
        if time >= older_than:
            continue
        try:
            fact = facts.load(entry["fact"])
        except (NewerSchema, ValueError, LookupError) as error:
            _log.error("outbox_unreadable", event_id=entry["event_id"], error=type(error).__name__)
            continue
        yield Unpublished(entry["event_id"], owner_id, aggregate_id, fact, time)


def unpublished(
    connection: sqlite3.Connection,
    shape: Shape[T, F],
    *,
    older_than: datetime,
    limit: int,
) -> list[Unpublished[F]]:
    """See `Outbox`."""
    rows = connection.execute(
        f"SELECT owner_id, id, unpublished FROM {shape.table} WHERE unpublished_since < ? ORDER BY unpublished_since",
        (milliseconds(older_than),),
    )
    found: list[Unpublished[F]] = []
    for owner_id, aggregate_id, text in rows:
        entries = parsed(text)
        found += loaded(entries, shape.facts, owner_id=owner_id, aggregate_id=aggregate_id, older_than=older_than)
        if len(found) >= limit:
            break
    return found


def mark_published(connection: sqlite3.Connection, shape: Shape[T, F], facts: Sequence[Unpublished[F]]) -> None:
    """See `Outbox`."""
    published: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in facts:
        published[fact.owner_id, fact.aggregate_id].add(fact.event_id)
    for key, event_ids in published.items():
        row = connection.execute(f"SELECT unpublished FROM {shape.table} WHERE owner_id = ? AND id = ?", key).fetchone()
        waiting = parsed(row[0]) if row else []
        left = [entry for entry in waiting if entry["event_id"] not in event_ids]
        if len(left) < len(waiting):
            connection.execute(
                f"UPDATE {shape.table} SET unpublished = ?, unpublished_since = ? WHERE owner_id = ? AND id = ?",
                (json.dumps(left) if left else None, oldest(left), *key),
            )


def count_unpublished(connection: sqlite3.Connection, shape: Shape[T, F], *, older_than: datetime) -> int:
    """See `Outbox`."""
    query = f"SELECT count(*) FROM {shape.table} WHERE unpublished_since < ?"
    return int(connection.execute(query, (milliseconds(older_than),)).fetchone()[0])
