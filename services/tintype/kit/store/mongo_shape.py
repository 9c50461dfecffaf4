"""How an aggregate lies in MongoDB: one document of its content, its keys and its unpublished facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic import Field as PydanticField
from pymongo import IndexModel

from tintype.kit.errors import DomainError
from tintype.kit.store.aggregate_shape import ALWAYS, Index, Shape
from tintype.kit.store.mongo import Keyed, Row

T = TypeVar("T")
F = TypeVar("F")

_SEPARATOR: Final = "!"  # sorts before every character of an id, so that _id sorts as (owner, id) does
_BEHIND: Final = chr(ord(_SEPARATOR) + 1)


class Keyset(IndexModel):
    """An index that serves pages: documents by the fields in `equal`, sorted by those in `order`, then by owner and id.

    A unique one allows one document for each combination. An index that changes must get a new name. `EVERYTHING` and
    `OWNED` are there without being declared: `_id` serves them.
    """

    def __init__(
        self, name: str, equal: Sequence[str] = (), order: Sequence[str] = (), *, unique: bool = False
    ) -> None:
        fields = (*equal, *order) if unique else (*equal, *order, "_id")
        super().__init__([(each, 1) for each in fields], name=name, unique=unique)
        self.name = name
        self.equal = tuple(equal)
        self.order = tuple(order)
        self.fields = fields


class Entry(BaseModel):
    """A fact that may not have been published; `time_ms` counts from 1970."""

    event_id: str
    time_ms: int
    fact: dict[str, Any]


class Stored(Keyed):
    """What every document of an aggregate has; those of a kind add their keys and name their collection.

    `content` is the aggregate as its codec writes it, and nobody else reads it; `schema` is its number. Declare one as
    `class PhotoDocument(Stored)` with `class Settings(Stored.Settings)`: name and indexes.
    """

    model_config = ConfigDict(extra="forbid")

    id: str
    owner_id: str
    revision: int
    schema_number: int = PydanticField(alias="schema")
    content: dict[str, Any]
    unpublished: Sequence[Entry] = ()
    unpublished_since: int | None = None  # when the oldest of them was written; absent if there is none


OUTBOX: Final = IndexModel([("unpublished_since", 1)], name="outbox", sparse=True)


@dataclass(frozen=True)
class MongoShape(Generic[T, F]):
    """How the aggregates of a `Shape` lie in MongoDB.

    Args:
        kind: what they are in every database; its columns are fields of the document.
        document: the Beanie document that declares the collection, its fields and indexes; `OUTBOX` is one of them
            where there are facts.
        beside: the document's fields that are no columns, of an aggregate.
    """

    kind: Shape[T, F]
    document: type[Keyed]
    beside: Callable[[T], Mapping[str, object]] = field(default=lambda _: {})

    @property
    def name(self) -> str:
        """Of the collection."""
        return self.document.Settings.name

    def keyset(self, name: str) -> Keyset:
        """An index that serves pages, by its name."""
        return next(each for each in (*keysets(self.document), *_keysets(ALWAYS)) if each.name == name)

    def key(self, aggregate: T) -> str:
        """The `_id` of an aggregate."""
        return key_of(self.kind.owner_id(aggregate), self.kind.aggregate_id(aggregate))

    def keys(self, aggregate: T) -> Row:
        """What it is found by."""
        return {**{column.name: column.of(aggregate) for column in self.kind.columns}, **self.beside(aggregate)}

    def changed(self, aggregate: T) -> Row:
        """What every write of an aggregate sets: all but its `_id` and its unpublished facts."""
        content = self.kind.codec.dump(aggregate)
        schema = content.pop("schema")
        return {
            "owner_id": self.kind.owner_id(aggregate),
            "revision": self.kind.revision(aggregate),
            "schema": schema,
            "content": content,
            **self.keys(aggregate),
        }

    def load(self, row: Row) -> T:
        """The aggregate of a document. Raises NewerSchema."""
        return self.kind.codec.load({**row["content"], "schema": row["schema"]})

    def taken(self, aggregate: T, index: str) -> DomainError:
        """What a second document of the same values in this unique index raises."""
        broken = next((each.taken for each in self.kind.indexes if each.name == index), None)
        return broken(aggregate) if broken else self.kind.already_exists(self.kind.aggregate_id(aggregate))


def keysets_of(shape: Shape[T, F], *, without: Sequence[str] = ()) -> tuple[Keyset, ...]:
    """The indexes of a shape as a document declares them."""
    return _keysets([index for index in shape.indexes if index.name not in without])


def keysets(document: type[Keyed]) -> list[Keyset]:
    """The indexes of a document that serve pages."""
    return [each for each in document.Settings.indexes if isinstance(each, Keyset)]


def _keysets(indexes: Sequence[Index[T]]) -> tuple[Keyset, ...]:
    return tuple(Keyset(index.name, index.equal, index.order, unique=index.unique) for index in indexes)


def key_of(owner_id: str, aggregate_id: str) -> str:
    """The `_id` of what an owner has by this id: two owners may use the same id."""
    return f"{owner_id}{_SEPARATOR}{aggregate_id}"


def key_parts(key: str) -> tuple[str, str]:
    """Owner and id of an `_id`."""
    owner_id, _, aggregate_id = key.partition(_SEPARATOR)
    return owner_id, aggregate_id


def owner_range(owner_id: str) -> Row:
    """The condition on `_id` that all of an owner fulfil."""
    return {"$gt": f"{owner_id}{_SEPARATOR}", "$lt": f"{owner_id}{_BEHIND}"}
