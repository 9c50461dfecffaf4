"""Aggregates with their unpublished facts in MongoDB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import pymongo
from pymongo.errors import DuplicateKeyError

from tintype.kit.clock import Clock, SystemClock
from tintype.kit.ids import IdSource, RandomIds
from tintype.kit.outbox import Unpublished
from tintype.kit.store import mongo_outbox as outbox
from tintype.kit.store.aggregate_shape import Key, with_revision
from tintype.kit.store.aggregates import Page
from tintype.kit.store.errors import NewerSchema
from tintype.kit.store.mongo import LONG_S, Collection, MongoDatabase, Row
from tintype.kit.store.mongo_errors import broken_index, translated
from tintype.kit.store.mongo_migrations import SCHEMA, migrate
from tintype.kit.store.mongo_pages import Range, position, range_of
from tintype.kit.store.mongo_shape import MongoShape, key_of, key_parts, owner_range

T = TypeVar("T")
F = TypeVar("F")


class MongoAggregates(Generic[T, F]):
    """`Aggregates` in a collection of MongoDB.

    `add`, `replace` and `remove` are one command each, so that a write happens whole or not at all without a
    transaction. A replace sets everything but the facts that wait, to which it adds: it need not read them first.
    """

    def __init__(self, collection: Collection, shape: MongoShape[T, F], ids: IdSource, clock: Clock) -> None:
        self._collection = collection
        self._shape = shape
        self._ids = ids
        self._clock = clock
        self._listeners: list[Callable[[Sequence[Unpublished[F]]], None]] = []

    @classmethod
    async def open(
        cls,
        database: MongoDatabase,
        shape: MongoShape[T, F],
        *,
        ids: IdSource | None = None,
        clock: Clock | None = None,
    ) -> MongoAggregates[T, F]:
        """Make the indexes where they are not there, and bring documents of older schemas up to that of the shape."""
        collection = await database.collection(shape.document, SCHEMA)
        with translated(shape.name):
            await migrate(collection, shape)
        return cls(collection, shape, ids or RandomIds(), clock or SystemClock())

    @property
    def collection(self) -> Collection:
        """For counts that a port declares."""
        return self._collection

    async def add(self, aggregate: T, *, facts: Sequence[F] = ()) -> None:
        shape = self._shape
        entries = self._entries(aggregate, facts)
        row = {"_id": shape.key(aggregate), **shape.changed(aggregate)}
        if entries:
            row["unpublished"] = [outbox.entry_of(entry, shape) for entry in entries]
            row["unpublished_since"] = row["unpublished"][0]["time_ms"]
        with translated(shape.name):
            try:
                await self._collection.insert_one(row)
            except DuplicateKeyError as error:
                raise shape.taken(aggregate, broken_index(error)) from error
        self._tell(entries)

    async def replace(self, aggregate: T, *, facts: Sequence[F] = ()) -> T:
        shape = self._shape
        stored = shape.kind.at_revision(aggregate, shape.kind.revision(aggregate) + 1)
        entries = self._entries(stored, facts)
        change: Row = {"$set": shape.changed(stored)}
        if entries:
            waiting = [outbox.entry_of(entry, shape) for entry in entries]
            change["$push"] = {"unpublished": {"$each": waiting}}
            change["$min"] = {"unpublished_since": waiting[0]["time_ms"]}
        with translated(shape.name):
            try:
                done = await self._collection.update_one(self._expected(aggregate), change)
            except DuplicateKeyError as error:
                raise shape.taken(aggregate, broken_index(error)) from error
        if not done.matched_count:
            raise await self._why_not(aggregate)
        self._tell(entries)
        return stored

    async def remove(self, aggregate: T) -> None:
        with translated(self._shape.name):
            done = await self._collection.delete_one(self._expected(aggregate))
        if not done.deleted_count:
            raise await self._why_not(aggregate)

    async def discard(self, *, owner_id: str, aggregate_id: str) -> bool:
        with translated(self._shape.name):
            done = await self._collection.delete_one({"_id": key_of(owner_id, aggregate_id), "owner_id": owner_id})
        return done.deleted_count == 1

    async def remove_owner(self, owner_id: str) -> int:
        return await self.remove_many({"owner_id": owner_id, "_id": owner_range(owner_id)}, hint="_id_")

    async def remove_range(self, index: str, *equal: Key, until: Sequence[Key] = ()) -> int:
        part = range_of(self._shape.keyset(index), equal, until=until)
        return await self.remove_many(part.where, hint=part.hint)

    async def remove_many(self, where: Row, *, hint: str) -> int:
        """Take away all that match by an index, which may take long; returns how many."""
        with translated(self._shape.name), pymongo.timeout(LONG_S):
            return (await self._collection.delete_many(where, hint=hint)).deleted_count

    async def load(self, *, owner_id: str, aggregate_id: str) -> T:
        found = await self.load_many(owner_id=owner_id, aggregate_ids=[aggregate_id])
        if not found:
            raise self._shape.kind.not_found(aggregate_id)
        return found[0]

    async def load_many(self, *, owner_id: str, aggregate_ids: Sequence[str]) -> list[T]:
        keys = [key_of(owner_id, each) for each in aggregate_ids]
        where = {"_id": {"$in": keys}, "owner_id": owner_id}
        with translated(self._shape.name):
            rows = await self._collection.find(where, {"content": 1, "schema": 1}).to_list()
        found = {row["_id"]: row for row in rows}
        return [self._shape.load(found[key]) for key in keys if key in found]

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
        keyset = self._shape.keyset(index)
        part = range_of(keyset, equal, after=after, until=until, descending=descending)
        rows = await self.rows(part, limit=limit + 1, also=keyset.order)
        items = [self._shape.load(row) for row in rows[:limit]]
        return Page(items, position(keyset, rows[limit - 1]) if len(rows) > limit else None)

    async def rows(self, part: Range, *, limit: int, also: Sequence[str] = ()) -> list[Row]:
        """The documents of a part of an index: their content, and these fields."""
        fields = {"content": 1, "schema": 1, **dict.fromkeys(also, 1)}
        with translated(self._shape.name):
            found = self._collection.find(part.where, fields).hint(part.hint).limit(limit)
            return await (found.sort(list(part.order)) if part.order else found).to_list()

    async def count(self, index: str, *equal: Key, until: Sequence[Key] = ()) -> int:
        part = range_of(self._shape.keyset(index), equal, until=until)
        with translated(self._shape.name):
            return await self._collection.count_documents(part.where, hint=part.hint)

    async def distinct(
        self, columns: Sequence[str], index: str, *equal: Key, until: Sequence[Key] = (), limit: int
    ) -> list[tuple[Key, ...]]:
        part = range_of(self._shape.keyset(index), equal, until=until)
        group = {"_id": {name: f"${name}" for name in columns}}
        steps: list[Row] = [{"$match": part.where}, {"$group": group}, {"$limit": limit}]
        with translated(self._shape.name):
            rows = await (await self._collection.aggregate(steps, hint=part.hint)).to_list()
        return [tuple(row["_id"][name] for name in columns) for row in rows]

    async def values(self, column: str) -> list[Key]:
        with translated(self._shape.name):
            rows = await self._collection.find({}, {column: 1}).to_list()
        return [row[column] for row in rows]

    def listen(self, written: Callable[[Sequence[Unpublished[F]]], None]) -> None:
        self._listeners.append(written)

    async def unpublished(self, *, older_than: datetime, limit: int) -> list[Unpublished[F]]:
        with translated(self._shape.name):
            return await outbox.unpublished(self._collection, self._shape, older_than=older_than, limit=limit)

    async def mark_published(self, facts: Sequence[Unpublished[F]]) -> None:
        with translated(self._shape.name):
            await outbox.mark_published(self._collection, facts)

    async def count_unpublished(self, *, older_than: datetime) -> int:
        with translated(self._shape.name):
            return await outbox.count_unpublished(self._collection, older_than=older_than)

    def _entries(self, aggregate: T, facts: Sequence[F]) -> list[Unpublished[F]]:
        shape, now = self._shape, self._clock.now()
        owner_id, aggregate_id = key_parts(shape.key(aggregate))
        revision = shape.kind.revision(aggregate)
        return [
            Unpublished(self._ids.new(), owner_id, aggregate_id, with_revision(fact, revision), now) for fact in facts
        ]

    def _tell(self, entries: Sequence[Unpublished[F]]) -> None:
        if entries:
            for written in self._listeners:
                written(entries)

    def _expected(self, aggregate: T) -> Row:
        """What a stored document must be for a write to replace it."""
        shape = self._shape
        return {
            "_id": shape.key(aggregate),
            "owner_id": shape.kind.owner_id(aggregate),
            "revision": shape.kind.revision(aggregate),
            "schema": {"$lte": shape.kind.codec.schema},
        }

    async def _why_not(self, aggregate: T) -> Exception:
        """Why nothing was as `_expected`."""
        shape = self._shape
        aggregate_id = shape.kind.aggregate_id(aggregate)
        with translated(shape.name):
            there = await self._collection.find_one({"_id": shape.key(aggregate)}, {"schema": 1})
        if there is None:
            return shape.kind.not_found(aggregate_id)
        if there["schema"] > shape.kind.codec.schema:
            return NewerSchema(f"{shape.name} {aggregate_id}", found=there["schema"], known=shape.kind.codec.schema)
        return shape.kind.conflict(aggregate_id)
