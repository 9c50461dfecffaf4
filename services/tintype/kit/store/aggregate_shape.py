"""What stores must know of a kind of aggregate: what it is found by, and the errors of its port.

In SQLite it is a row of document and key columns, and side tables for keys of which it has many; in MongoDB a document
of content and keys, which `mongo_shape` declares.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final, Generic, Literal, TypeVar

from tintype.kit.errors import DomainError
from tintype.kit.store.documents import Codec, FactCodec

T = TypeVar("T")
F = TypeVar("F")

Key = str | int | float | bytes
ColumnType = Literal["TEXT", "INTEGER", "REAL", "BLOB"]

# The generic dataclasses here have no slots: Python 3.11 cannot call Shape[A, B](...) on a frozen class with them.
FIXED: Final = (
    "owner_id",
    "id",
    "revision",
    "schema",
    "doc",
    "unpublished",
    "unpublished_since",
)


@dataclass(frozen=True)
class Column(Generic[T]):
    """A key column taken from the aggregate; never null, so give an absent value a stand-in that sorts right."""

    name: str
    type: ColumnType
    of: Callable[[T], Key]


@dataclass(frozen=True)
class Index(Generic[T]):
    """Rows by the columns in `equal`, sorted by those in `order`, then by id; `owner_id` is a column too.

    A unique one allows one row for each combination; a second raises what `taken` makes of the aggregate.
    """

    name: str
    equal: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    unique: bool = False
    taken: Callable[[T], DomainError] | None = None

    @property
    def sorting(self) -> tuple[str, ...]:
        """The columns that a page is sorted by; their values in the last row are its cursor."""
        ids = ("id",) if "owner_id" in self.equal else ("owner_id", "id")
        return (*self.order, *ids)


EVERYTHING: Final = "everything"  # pages of all, by owner and id
OWNED: Final = "owned"  # pages of an owner, by id
ALWAYS: Final[Sequence[Index[object]]] = (Index(EVERYTHING), Index(OWNED, equal=("owner_id",)))


@dataclass(frozen=True)
class Entries(Generic[T]):
    """A side table of keys of which one aggregate has any number, such as the albums that a photo is in.

    `of` gives one tuple for each entry, in the order of `columns`; the rows have `owner_id` and `id` besides.
    """

    name: str
    columns: tuple[tuple[str, ColumnType], ...]
    of: Callable[[T], Iterable[tuple[Key, ...]]]
    indexes: tuple[Index[T], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shape(Generic[T, F]):
    """Everything that `Aggregates` must know of one kind of aggregate, in every database.

    The functions take what the domain object has; `owner_id` may return "" where there is no owner. The errors are
    made from the aggregate's id. Columns, indexes and entries may change between versions: what they hold is made
    again from the documents at the next start.
    """

    table: str
    codec: Codec[T]
    aggregate_id: Callable[[T], str]
    not_found: Callable[[str], DomainError]
    already_exists: Callable[[str], DomainError]
    conflict: Callable[[str], DomainError]
    owner_id: Callable[[T], str] = attrgetter("owner_id")
    revision: Callable[[T], int] = attrgetter("revision")
    at_revision: Callable[[T, int], T] = field(default=lambda aggregate, revision: with_revision(aggregate, revision))
    facts: FactCodec[F] = field(default_factory=FactCodec)
    columns: Sequence[Column[T]] = ()
    indexes: Sequence[Index[T]] = ()
    entries: Sequence[Entries[T]] = ()

    def index(self, name: str) -> tuple[str, Index[T]]:
        """The table that an index belongs to, and the index; the primary key serves those that are always there."""
        if always := [index for index in ALWAYS if index.name == name]:
            return self.table, Index(name, always[0].equal)
        return next((table, index) for table, index in self._indexes() if index.name == name)

    def side_table(self, entries: Entries[T]) -> str:
        """The table of these entries."""
        return f"{self.table}_{entries.name}"

    def keys(self, aggregate: T) -> tuple[Key, ...]:
        """The values of the declared columns."""
        return tuple(column.of(aggregate) for column in self.columns)

    def statements(self) -> Iterator[str]:
        """What creates the tables and indexes."""
        keys = "".join(f", {column.name} {column.type} NOT NULL" for column in self.columns)
        yield (
            f"CREATE TABLE {self.table} (owner_id TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, "
            f"schema INTEGER NOT NULL, doc TEXT NOT NULL, unpublished TEXT, unpublished_since INTEGER{keys}, "
            "PRIMARY KEY (owner_id, id))"
        )
        yield (
            f"CREATE INDEX {self.table}__outbox ON {self.table} (unpublished_since) WHERE unpublished_since IS NOT NULL"
        )
        for entries in self.entries:
            side = ", ".join(f"{name} {kind} NOT NULL" for name, kind in entries.columns)
            table = self.side_table(entries)
            yield f"CREATE TABLE {table} (owner_id TEXT NOT NULL, id TEXT NOT NULL, {side})"
            yield f"CREATE INDEX {table}__of ON {table} (owner_id, id)"
        for table, index in self._indexes():
            columns = (*index.equal, *(index.order if index.unique else index.sorting))
            kind = "UNIQUE INDEX" if index.unique else "INDEX"
            yield f"CREATE {kind} {table}__{index.name} ON {table} ({', '.join(columns)})"

    def signature(self) -> str:
        """Changes when the tables have to be made anew."""
        return hashlib.sha256("\n".join(self.statements()).encode()).hexdigest()

    def taken(self, aggregate: T, message: str) -> DomainError:
        """The error for a broken UNIQUE constraint, which SQLite names by its columns."""
        for table, index in self._indexes():
            columns = ", ".join(f"{table}.{column}" for column in (*index.equal, *index.order))
            if index.unique and index.taken is not None and message.endswith(f": {columns}"):
                return index.taken(aggregate)
        return self.already_exists(self.aggregate_id(aggregate))

    def _indexes(self) -> Iterator[tuple[str, Index[T]]]:
        for index in self.indexes:
            yield self.table, index
        for entries in self.entries:
            for index in entries.indexes:
                yield self.side_table(entries), index


def with_revision(value: T, revision: int) -> T:
    """A copy of a dataclass at this revision; a dataclass without a `revision` comes back as it is."""
    if not hasattr(value, "revision"):
        return value
    return dataclasses.replace(value, revision=revision)  # type: ignore[type-var]  # every T here is a dataclass


def conditions(
    index: Index[T],
    equal: Sequence[Key],
    after: Sequence[Key],
    until: Sequence[Key],
    descending: bool,
) -> tuple[str, tuple[Key, ...]]:
    """The WHERE of a page; row values keep `after` and `until` a range of the index."""
    if len(equal) != len(index.equal):
        raise ValueError(f"index {index.name} wants a value for each of {index.equal}")
    conditions = [f"k.{name} = ?" for name in index.equal]
    behind, inside = ("<", ">=") if descending else (">", "<=")
    for values, comparison in ((after, behind), (until, inside)):
        if values:
            columns = ", ".join(f"k.{name}" for name in index.sorting[: len(values)])
            conditions.append(f"({columns}) {comparison} ({', '.join('?' * len(values))})")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return where, (*equal, *after, *until)
