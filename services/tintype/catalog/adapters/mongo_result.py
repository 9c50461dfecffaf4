"""Results of analysis in MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import pymongo
from pydantic import Field
from pymongo.errors import BulkWriteError

from tintype.catalog.adapters.documents import RESULTS
from tintype.catalog.domain.result import ResultKey, StageResult
from tintype.catalog.domain.stage import Stage
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.store.mongo import LONG_S, Collection, Keyed, MongoDatabase, Row
from tintype.kit.store.mongo_errors import only_taken, translated
from tintype.kit.store.mongo_shape import key_of, owner_range

_NAME: Final = "results"


class ResultDocument(Keyed):
    """A record; its `_id` is made of owner, photo, stage, model and job, and finds it in that order."""

    owner_id: str
    photo_id: str
    stage: str
    model: str
    job_id: str
    make_ms: int
    store_ms: int
    schema_number: int = Field(alias="schema")
    content: dict[str, Any]

    class Settings(Keyed.Settings):
        """Where records lie; `_id` serves every page."""

        name = _NAME


class MongoResultRepository:
    """ResultRepository on MongoDB: a document for each record."""

    def __init__(self, results: Collection, clock: Clock) -> None:
        self._results = results
        self._clock = clock

    @classmethod
    async def open(cls, database: MongoDatabase, *, clock: Clock | None = None) -> MongoResultRepository:
        """Its collection."""
        return cls(await database.collection(ResultDocument), clock or SystemClock())

    async def add_many(self, results: Sequence[StageResult]) -> None:
        """See `ResultRepository`. One command; a record that is there already is left as it is."""
        now = milliseconds(self._clock.now())
        rows = [dump(result, now) for result in results]
        if not rows:
            return
        with translated(_NAME):
            try:
                await self._results.insert_many(rows, ordered=False)
            except BulkWriteError as error:
                if not only_taken(error):
                    raise

    async def load_many(self, owner_id: str, keys: Sequence[ResultKey]) -> list[StageResult]:
        """See `ResultRepository`."""
        ids = [_id(owner_id, key) for key in keys]
        with translated(_NAME):
            rows = await self._results.find({"_id": {"$in": ids}, "owner_id": owner_id}).to_list()
        found = {row["_id"]: row for row in rows}
        return [load(found[each]) for each in ids if each in found]

    async def load_photo(self, *, owner_id: str, photo_id: str) -> list[StageResult]:
        """See `ResultRepository`."""
        with translated(_NAME):
            rows = await self._results.find(_of_photo(owner_id, photo_id)).to_list()
        rows.sort(key=lambda row: (row["stage"], row["job_id"]))
        return [load(row) for row in rows]

    async def page_keys(
        self, *, until: datetime, limit: int, after: tuple[str, ResultKey] | None = None
    ) -> list[tuple[str, ResultKey]]:
        """See `ResultRepository`."""
        where: Row = {"store_ms": {"$lte": milliseconds(until)}}
        if after is not None:
            where["_id"] = {"$gt": _id(*after)}
        fields = dict.fromkeys(("owner_id", "photo_id", "stage", "model", "job_id"), 1)
        with translated(_NAME):
            found = self._results.find(where, fields).sort([("_id", 1)]).hint("_id_").limit(limit)
            return [(row["owner_id"], _key(row)) async for row in found]

    async def remove_many(self, owner_id: str, keys: Sequence[ResultKey]) -> int:
        """See `ResultRepository`."""
        return await self._remove({"_id": {"$in": [_id(owner_id, key) for key in keys]}, "owner_id": owner_id})

    async def remove_photo(self, *, owner_id: str, photo_id: str) -> int:
        """See `ResultRepository`."""
        return await self._remove(_of_photo(owner_id, photo_id))

    async def remove_owner(self, owner_id: str) -> int:
        """See `ResultRepository`."""
        return await self._remove({"_id": owner_range(owner_id), "owner_id": owner_id})

    async def count_owner(self, owner_id: str) -> int:
        """See `ResultRepository`."""
        with translated(_NAME):
            return await self._results.count_documents({"_id": owner_range(owner_id)}, hint="_id_")

    async def _remove(self, where: Row) -> int:
        with translated(_NAME), pymongo.timeout(LONG_S):
            return (await self._results.delete_many(where, hint="_id_")).deleted_count


def _id(owner_id: str, key: ResultKey) -> str:
    """Owner first, then photo, so that the records of each lie side by side."""
    return key_of(owner_id, key_of(key.photo_id, f"{key.stage.value}/{key.model}/{key.job_id}"))


def _of_photo(owner_id: str, photo_id: str) -> Row:
    return {"_id": owner_range(key_of(owner_id, photo_id)), "owner_id": owner_id}


def _key(row: Row) -> ResultKey:
    return ResultKey(row["photo_id"], Stage(row["stage"]), row["model"], row["job_id"])


def dump(result: StageResult, store_ms: int) -> Row:
    """The document of a record."""
    content = RESULTS[result.key.stage].dump(result.content)
    return {
        "_id": _id(result.owner_id, result.key),
        "owner_id": result.owner_id,
        "photo_id": result.key.photo_id,
        "stage": result.key.stage.value,
        "model": result.key.model,
        "job_id": result.key.job_id,
        "make_ms": milliseconds(result.make_time),
        "store_ms": store_ms,
        "schema": content.pop("schema"),
        "content": content,
    }


def load(row: Row) -> StageResult:
    """The record of a document. Raises NewerSchema."""
    return StageResult(
        owner_id=row["owner_id"],
        key=_key(row),
        make_time=instant_of(row["make_ms"]),
        content=RESULTS[Stage(row["stage"])].load({**row["content"], "schema": row["schema"]}),
    )
