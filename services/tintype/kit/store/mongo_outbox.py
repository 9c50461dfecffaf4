"""Unpublished facts in the document of their aggregate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from pymongo import UpdateOne

from tintype.kit.instants import milliseconds
from tintype.kit.outbox import Unpublished
from tintype.kit.store.aggregate_outbox import loaded
from tintype.kit.store.mongo import Collection, Row
from tintype.kit.store.mongo_shape import MongoShape, key_of, key_parts

T = TypeVar("T")
F = TypeVar("F")


def entry_of(unpublished: Unpublished[F], shape: MongoShape[T, F]) -> Row:
    """A fact as it lies in its document."""
    fact = shape.kind.facts.dump(unpublished.fact)
    return {"event_id": unpublished.event_id, "time_ms": milliseconds(unpublished.time), "fact": fact}


async def unpublished(
    collection: Collection, shape: MongoShape[T, F], *, older_than: datetime, limit: int
) -> list[Unpublished[F]]:
    """See `Outbox`. Where a crash left a time to an empty outbox, it is taken away: such rows would hide the others."""
    before = {"unpublished_since": {"$lt": milliseconds(older_than)}}
    rows = collection.find(before, {"unpublished": 1}).sort([("unpublished_since", 1)]).hint("outbox")
    found: list[Unpublished[F]] = []
    empty: list[str] = []
    async with rows.batch_size(limit + 1):
        async for row in rows:
            owner_id, aggregate_id = key_parts(row["_id"])
            entries = row.get("unpublished", ())
            found += loaded(
                entries, shape.kind.facts, owner_id=owner_id, aggregate_id=aggregate_id, older_than=older_than
            )
            if not entries:
                empty.append(row["_id"])
            if len(found) >= limit:
                break
    if empty:
        await collection.bulk_write([_nothing_left(key) for key in empty], ordered=False)
    return found


async def mark_published(collection: Collection, facts: Sequence[Unpublished[F]]) -> None:
    """See `Outbox`.

    As a rule all facts of an aggregate were published, and one update empties its outbox. Where others wait, a second
    one takes these out and a third one says anew since when the rest waits, or that nothing waits, as where another
    process took the others out meanwhile: in between it waits seemingly too long, which does no harm.
    """
    published: dict[str, list[str]] = defaultdict(list)
    for fact in facts:
        published[key_of(fact.owner_id, fact.aggregate_id)].append(fact.event_id)
    if not published:
        return
    emptied = await collection.bulk_write([_empty(key, ids) for key, ids in published.items()], ordered=False)
    if emptied.matched_count == len(published):
        return
    await collection.bulk_write([_take_out(key, ids) for key, ids in published.items()], ordered=False)
    rows = collection.find({"_id": {"$in": list(published)}, "unpublished.0": {"$exists": True}}, {"unpublished": 1})
    left = [_oldest_again(row) async for row in rows]
    await collection.bulk_write([*left, *(_nothing_left(key) for key in published)], ordered=False)


async def count_unpublished(collection: Collection, *, older_than: datetime) -> int:
    """See `Outbox`."""
    before = {"unpublished_since": {"$lt": milliseconds(older_than)}}
    return await collection.count_documents(before, hint="outbox")


def _key(key: str) -> Row:
    return {"_id": key, "owner_id": key_parts(key)[0]}


def _empty(key: str, event_ids: list[str]) -> UpdateOne:
    """Empties an outbox that holds nothing but these."""
    others: dict[str, Any] = {"$elemMatch": {"event_id": {"$nin": event_ids}}}
    return UpdateOne(
        {**_key(key), "unpublished": {"$not": others}}, {"$unset": {"unpublished": "", "unpublished_since": ""}}
    )


def _take_out(key: str, event_ids: list[str]) -> UpdateOne:
    return UpdateOne(_key(key), {"$pull": {"unpublished": {"event_id": {"$in": event_ids}}}})


def _nothing_left(key: str) -> UpdateOne:
    empty = {**_key(key), "unpublished": {"$size": 0}}
    return UpdateOne(empty, {"$unset": {"unpublished": "", "unpublished_since": ""}})


def _oldest_again(row: Row) -> UpdateOne:
    """Facts are added behind the others, so the first is the oldest; if it was published meanwhile, nothing happens."""
    first = row["unpublished"][0]
    is_first = {**_key(row["_id"]), "unpublished.0.event_id": first["event_id"]}
    return UpdateOne(is_first, {"$set": {"unpublished_since": first["time_ms"]}})
