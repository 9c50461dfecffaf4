"""Records of one collection of MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from pymongo import ReplaceOne

from tintype.kit.store.mongo import MongoDatabase, Row
from tintype.kit.store.mongo_errors import translated
from tintype.kit.store.mongo_shape import MongoShape, key_of, key_parts
from tintype.kit.store.records import Record, RecordKey, Stamp

T = TypeVar("T")
F = TypeVar("F")


class MongoRecords(Generic[T, F]):
    """Records on MongoDB."""

    def __init__(self, database: MongoDatabase, shape: MongoShape[T, F]) -> None:
        self._database = database
        self._shape = shape
        self._collection = database.as_it_is(shape.document)

    @property
    def name(self) -> str:
        return self._shape.name

    async def prepare(self) -> None:
        await self._database.collection(self._shape.document)

    async def stamps(self, *, after: RecordKey | None, limit: int) -> list[Stamp]:
        where: Row = {"_id": {"$gt": key_of(*after)}} if after else {}
        fields = {"revision": 1, "unpublished.event_id": 1}
        with translated(self.name):
            rows = await self._collection.find(where, fields).sort([("_id", 1)]).limit(limit).to_list()
        return [Stamp(key_parts(row["_id"]), row["revision"], _event_ids(row)) for row in rows]

    async def read(self, keys: Sequence[RecordKey]) -> list[Record]:
        ids = [key_of(*key) for key in keys]
        with translated(self.name):
            rows = await self._collection.find({"_id": {"$in": ids}}).to_list()
        found = {row["_id"]: row for row in rows}
        return [_record(found[each]) for each in ids if each in found]

    async def write(self, records: Sequence[Record]) -> None:
        rows = [self._row(record) for record in records]
        if rows:
            with translated(self.name):
                await self._collection.bulk_write([ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows])

    async def remove(self, keys: Sequence[RecordKey]) -> None:
        with translated(self.name):
            await self._collection.delete_many({"_id": {"$in": [key_of(*key) for key in keys]}})

    async def count(self) -> int:
        with translated(self.name):
            return await self._collection.count_documents({})

    def _row(self, record: Record) -> Row:
        shape = self._shape
        row: Row = {
            "_id": key_of(*record.key),
            "owner_id": record.key[0],
            "revision": record.revision,
            "schema": record.schema,
            "content": record.content,
        }
        row |= shape.keys(shape.load(row))
        if record.unpublished:
            row["unpublished"] = [dict(entry) for entry in record.unpublished]
            row["unpublished_since"] = min(entry["time_ms"] for entry in row["unpublished"])
        return row


def _event_ids(row: Row) -> tuple[str, ...]:
    return tuple(entry["event_id"] for entry in row.get("unpublished", ()))


def _record(row: Row) -> Record:
    key = key_parts(row["_id"])
    return Record(key, row["revision"], row["schema"], row["content"], row.get("unpublished", ()))
