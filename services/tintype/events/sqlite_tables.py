"""The tables of the stream in SQLite, and its rows as events."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tintype.events.ports import ConsumerSpec, StreamFull, StreamState, StreamUnavailable, UnknownConsumer
from tintype.kit.fact import Event, Priority
from tintype.kit.instants import instant_of
from tintype.kit.store.errors import StoreFull, StoreUnavailable

COMPONENT: Final = "events"
# `stored_ms` is when the stream took the fact: retention goes by it, because a fact may be published late.
# `position` of a consumer: every fact up to there was given out, and is in `deliveries` until it is answered.
MIGRATIONS: Final[Sequence[str]] = (
    """
    CREATE TABLE events (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, owner_id TEXT NOT NULL,
      name TEXT NOT NULL, priority INTEGER NOT NULL, time_ms INTEGER NOT NULL, stored_ms INTEGER NOT NULL,
      payload BLOB NOT NULL
    );
    CREATE INDEX events_by_owner ON events (owner_id, sequence);
    CREATE INDEX events_by_name ON events (name, priority, sequence);
    CREATE TABLE stream (epoch TEXT NOT NULL, trimmed INTEGER NOT NULL);
    CREATE TABLE consumers (
      name TEXT PRIMARY KEY, names TEXT NOT NULL, priorities TEXT NOT NULL, position INTEGER NOT NULL
    );
    CREATE TABLE deliveries (
      consumer TEXT NOT NULL, sequence INTEGER NOT NULL, delivered INTEGER NOT NULL, PRIMARY KEY (consumer, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE dead_letters (
      dead_letter_id TEXT PRIMARY KEY, consumer TEXT NOT NULL, sequence INTEGER NOT NULL, owner_id TEXT NOT NULL,
      delivered INTEGER NOT NULL, reason TEXT NOT NULL, time_ms INTEGER NOT NULL
    );
    CREATE INDEX dead_letters_by_owner ON dead_letters (owner_id);
    """,
)

EVENT: Final = "e.event_id, e.owner_id, e.name, e.payload, e.time_ms, e.priority"


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn the errors of the store into those of the port."""
    try:
        yield
    except StoreUnavailable as error:
        raise StreamUnavailable("the stream cannot be used") from error
    except StoreFull as error:
        raise StreamFull("no room is left for the stream") from error


def event_of(row: Sequence[object]) -> Event:
    """The event of the columns EVENT; a priority that only a newer version knows is the least urgent here."""
    event_id, owner_id, name, payload, time_ms, priority = row
    assert isinstance(payload, bytes)
    assert isinstance(time_ms, int)
    assert isinstance(priority, int)
    known = Priority(min(priority, max(Priority)))
    return Event(str(event_id), str(owner_id), str(name), payload, instant_of(time_ms), known)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which facts a consumer or a reader wants, as a condition on `e`; it begins with AND."""

    condition: str
    values: tuple[str | int, ...]


def filter_of(names: Collection[str], priorities: Collection[int] = ()) -> Filter:
    """Empty means all."""
    conditions = [
        f" AND e.{column} IN ({', '.join('?' * len(wanted))})"
        for column, wanted in (("name", names), ("priority", priorities))
        if wanted
    ]
    return Filter("".join(conditions), (*names, *(int(priority) for priority in priorities)))


@dataclass(frozen=True, slots=True)
class Hears:
    """What a consumer hears; no priorities means all of them."""

    names: frozenset[str]
    priorities: frozenset[int]

    def wants(self, event: Event) -> bool:
        """Whether it hears this one."""
        return event.name in self.names and (not self.priorities or event.priority in self.priorities)


@dataclass(frozen=True, slots=True)
class StoredConsumer:
    """A consumer's row."""

    position: int
    wants: Filter


def load_consumer(connection: sqlite3.Connection, name: str) -> StoredConsumer:
    """Raises UnknownConsumer."""
    row = connection.execute("SELECT names, priorities, position FROM consumers WHERE name = ?", (name,)).fetchone()
    if row is None:
        raise UnknownConsumer(f"there is no consumer {name}", consumer=name)
    return StoredConsumer(row[2], filter_of(json.loads(row[0]), json.loads(row[1])))


def save_consumer(connection: sqlite3.Connection, spec: ConsumerSpec) -> Hears:
    """Make it at the oldest fact, or let it hear more and keep its place; returns all that it hears."""
    row = connection.execute("SELECT names, priorities FROM consumers WHERE name = ?", (spec.name,)).fetchone()
    names, priorities = spec.names, frozenset(int(priority) for priority in spec.priorities)
    if row is not None:
        before = frozenset(json.loads(row[1]))
        names |= frozenset(json.loads(row[0]))
        priorities = priorities | before if priorities and before else frozenset()
    connection.execute(
        "INSERT INTO consumers (name, names, priorities, position) VALUES (?, ?, ?, (SELECT trimmed FROM stream))"
        " ON CONFLICT (name) DO UPDATE SET names = excluded.names, priorities = excluded.priorities",
        (spec.name, json.dumps(sorted(names)), json.dumps(sorted(priorities))),
    )
    return Hears(names, priorities)


def load_state(connection: sqlite3.Connection) -> StreamState:
    """What is kept."""
    epoch, trimmed = connection.execute("SELECT epoch, trimmed FROM stream").fetchone()
    return StreamState(epoch, trimmed + 1, last_sequence(connection))


def last_sequence(connection: sqlite3.Connection) -> int:
    """Of the newest fact ever, also if it was erased since."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
    return int(row[0]) if row else 0
