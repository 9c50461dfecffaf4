"""What repositories ask of MongoDB, taken down without a server, and whether an index serves it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tintype.kit.store.mongo import Keyed

Row = dict[str, Any]


@dataclass(slots=True)
class Asked:
    """One find: what it looks for, in which order, by which index."""

    where: Row
    sort: list[tuple[str, int]] = field(default_factory=list)
    hint: str = ""
    limit: int = 0

    def command(self, collection: str) -> Row:
        """As the server reads it."""
        return {
            "find": collection,
            "filter": self.where,
            "sort": dict(self.sort),
            "hint": self.hint,
            "limit": self.limit,
        }


class _Cursor:
    """Finds nothing."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def sort(self, order: Sequence[tuple[str, int]]) -> _Cursor:
        self._asked.sort = list(order)
        return self

    def hint(self, name: str) -> _Cursor:
        self._asked.hint = name
        return self

    def limit(self, number: int) -> _Cursor:
        self._asked.limit = number
        return self

    def batch_size(self, number: int) -> _Cursor:
        return self

    async def __aenter__(self) -> _Cursor:
        return self

    async def __aexit__(self, *_error: object) -> None:
        return None

    async def to_list(self) -> list[Row]:
        return []

    def __aiter__(self) -> _Cursor:
        return self

    async def __anext__(self) -> Row:
        raise StopAsyncIteration


class TakenDown:
    """Stands in for an empty collection, and keeps what was looked for in it."""

    def __init__(self) -> None:
        self.finds: list[Asked] = []
        self.counts: list[Asked] = []
        self.aggregations: list[tuple[list[Row], str]] = []

    def find(self, where: Row, fields: Mapping[str, int] | None = None) -> _Cursor:
        self.finds.append(Asked(where))
        return _Cursor(self.finds[-1])

    async def count_documents(self, where: Row, *, hint: str) -> int:
        self.counts.append(Asked(where, hint=hint))
        return 0

    async def aggregate(self, steps: list[Row], *, hint: str) -> _Cursor:
        self.aggregations.append((steps, hint))
        return _Cursor(Asked({}))


def fields_of(document: type[Keyed], index: str) -> list[str]:
    """The fields of a declared index, in their order; `_id_` is always there."""
    if index == "_id_":
        return ["_id"]
    declared = {each.document["name"]: each.document for each in document.Settings.indexes}
    assert index in declared, f"{document.__name__} declares no index {index}"
    return list(declared[index]["key"])


def why_not_served(document: type[Keyed], asked: Asked, *, beside: Collection[str] = ()) -> str:
    """Why the index that it names cannot give what it looks for in its order without sorting; empty if it can.

    An index serves equal values of its first fields, then a range and the order of those that follow, all one way.
    By the fields `beside` it, documents are looked at and may be left out.
    """
    fields = fields_of(document, asked.hint)
    sorted_by = [name for name, _ in asked.sort]
    if len({direction for _, direction in asked.sort}) > 1:
        return "its order goes both ways"
    if fields == ["ranks.$**"]:
        return "" if sorted_by == [name for name in asked.where if name.startswith("ranks.")] else "another rank"
    equal = {name for name, value in asked.where.items() if not isinstance(value, dict) and not name.startswith("$")}
    if fields[0] == "_id":
        equal.discard("owner_id")  # it only repeats the range of `_id`
    if set(fields[: len(equal)]) != equal:
        return f"equal {sorted(equal)} are not the first fields of {fields}"
    rest = fields[len(equal) :]
    if rest[: len(sorted_by)] != sorted_by:
        return f"sorting by {sorted_by} is not what follows in {fields}"
    outside = compared(asked.where) - set(rest) - set(beside)
    return f"{sorted(outside)} are not in {fields}" if outside else ""


def compared(where: Row) -> set[str]:
    """The fields that are compared with a bound, at any depth."""
    found: set[str] = set()
    for name, value in where.items():
        if name in ("$and", "$or"):
            found.update(*(compared(each) | set(each) - {"$and", "$or"} for each in value))
        elif isinstance(value, dict):
            found.add(name)
    return found
