"""What a page asks of MongoDB: a range of one index, in the order of that index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tintype.kit.store.aggregate_shape import EVERYTHING, OWNED, Key
from tintype.kit.store.mongo import Row
from tintype.kit.store.mongo_shape import Keyset, key_of, key_parts, owner_range

_ID_INDEX: Final = "_id_"


@dataclass(frozen=True, slots=True)
class Range:
    """A part of an index: `where` finds it, `order` is the order of the index, `hint` its name.

    There is no order where a unique index finds one document at most.
    """

    where: Row
    order: tuple[tuple[str, int], ...]
    hint: str


def range_of(
    keyset: Keyset,
    equal: Sequence[Key],
    *,
    after: Sequence[Key] = (),
    until: Sequence[Key] = (),
    descending: bool = False,
) -> Range:
    """Documents with these values in `equal`, behind `after`, up to and including `until`; see `MongoAggregates.page`.

    The first field of `after` bounds the scan of the index: a page deep in a list costs what the first one does.
    """
    if len(equal) != len(keyset.equal):
        raise ValueError(f"index {keyset.name} wants a value for each of {keyset.equal}")
    where: Row = dict(zip(keyset.equal, equal, strict=True))
    if keyset.name == OWNED:
        where["_id"] = owner_range(str(equal[0]))
    behind, inside = ("$lt", "$gte") if descending else ("$gt", "$lte")
    bounds = [
        _compared(_fields(keyset, where, values, descending), comparison)
        for values, comparison in ((after, behind), (until, inside))
        if values
    ]
    if bounds:
        where["$and"] = bounds
    direction = -1 if descending else 1
    sorting = tuple((field, direction) for field in keyset.fields[len(keyset.equal) :])
    return Range(where, sorting, hint_of(keyset))


def hint_of(keyset: Keyset) -> str:
    """The index that serves it. Named in every page, so that the server cannot pick one that has to sort."""
    return _ID_INDEX if keyset.name in (EVERYTHING, OWNED) else keyset.name


def position(keyset: Keyset, row: Row) -> tuple[Key, ...]:
    """The `after` that asks for what follows this document."""
    owner_id, aggregate_id = key_parts(row["_id"])
    ids = (aggregate_id,) if "owner_id" in keyset.equal else (owner_id, aggregate_id)
    return (*(row[field] for field in keyset.order), *ids)


def _fields(keyset: Keyset, where: Row, values: Sequence[Key], descending: bool) -> list[tuple[str, Key]]:
    """The fields of the index that these values are of; owner and id are one field, `_id`."""
    fields = list(zip(keyset.order, values, strict=False))
    ids = [str(value) for value in values[len(keyset.order) :]]
    if ids and "owner_id" in keyset.equal:
        fields.append(("_id", key_of(where["owner_id"], *ids)))
    elif len(ids) == 1:  # a whole owner
        fields.append(("_id", owner_range(ids[0])["$gt" if descending else "$lt"]))
    elif ids:
        fields.append(("_id", key_of(*ids)))
    return fields


def _compared(fields: Sequence[tuple[str, Key]], comparison: str) -> Row:
    """(a, b, ...) > (x, y, ...), which MongoDB has no words for; bounded by its first field."""
    (first, value), *rest = fields
    if not rest:
        return {first: {comparison: value}}
    strictly, loosely = comparison[:3], f"{comparison[:3]}e"
    ways: list[Row] = [{first: {strictly: value}}]
    ties: Row = {first: value}
    for number, (field, bound) in enumerate(rest, 1):
        last = number == len(rest)
        ways.append({**ties, field: {comparison if last else strictly: bound}})
        ties[field] = bound
    return {first: {loosely: value}, "$or": ways}
