"""Bringing documents that an older version wrote up to the schema of this one."""

from __future__ import annotations

from typing import Final, TypeVar

import pymongo
from pymongo import IndexModel, UpdateOne

from tintype.kit.log import log_of
from tintype.kit.store.mongo import LONG_S, Collection, Row
from tintype.kit.store.mongo_shape import MongoShape

T = TypeVar("T")
F = TypeVar("F")

SCHEMA: Final = IndexModel([("schema", 1)], name="schema")
BATCH: Final = 200

_log: Final = log_of(__name__)


async def migrate(collection: Collection, shape: MongoShape[T, F]) -> int:
    """Write anew what is of an older schema, keys too; returns how many. Where nothing is, an index says so at once.

    Reading needs none of this, for a codec reads every older schema; pages do, where a schema came with a new key. So a
    new key always comes with a new schema, if only with a migration that changes nothing. The revision stays, for
    nobody needs to hear of it; a document that somebody replaces meanwhile is of the new schema by that. Versions may
    run side by side: the older one refuses to replace what the newer one wrote, and what it adds is found at the next
    start.
    """
    written = 0
    while (batch := await _migrate_batch(collection, shape)) is not None:
        written += batch
    if written:
        _log.info("documents_migrated", documents=written, collection=shape.name, schema=shape.kind.codec.schema)
    return written


async def _migrate_batch(collection: Collection, shape: MongoShape[T, F]) -> int | None:
    """How many were written; None if none was left. The time is that of a batch: all may take hours."""
    older = {"schema": {"$lt": shape.kind.codec.schema}}
    with pymongo.timeout(LONG_S):
        rows = await collection.find(older).hint("schema").limit(BATCH).to_list()
        if not rows:
            return None
        return (await collection.bulk_write([_anew(row, shape) for row in rows], ordered=False)).modified_count


def _anew(row: Row, shape: MongoShape[T, F]) -> UpdateOne:
    same = {"_id": row["_id"], "owner_id": row["owner_id"], "revision": row["revision"], "schema": row["schema"]}
    return UpdateOne(same, {"$set": shape.changed(shape.load(row))})
