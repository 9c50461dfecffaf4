"""What every process states of itself, and the last run of every sweep, in MongoDB."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pydantic import Field
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from tintype.kit.instants import milliseconds
from tintype.kit.operations.adapters.keys import ENTRY, RUN
from tintype.kit.operations.domain import ProcessEntry, SweepRun
from tintype.kit.store.documents import Document
from tintype.kit.store.mongo import Collection, Keyed, MongoDatabase, Row
from tintype.kit.store.mongo_errors import translated

_PROCESSES: Final = "processes"
_RUNS: Final = "sweep_runs"


class ProcessDocument(Keyed):
    """What a process stated last."""

    heartbeat_ms: int
    schema_number: int = Field(alias="schema")
    content: dict[str, Any]

    class Settings(Keyed.Settings):
        """Where statements lie, and how the newest are found."""

        name = _PROCESSES
        indexes = (IndexModel([("heartbeat_ms", 1)], name="heartbeat"),)


class SweepRunDocument(Keyed):
    """The last run of a sweep."""

    end_ms: int
    schema_number: int = Field(alias="schema")
    content: dict[str, Any]

    class Settings(Keyed.Settings):
        """Where runs lie, one for each sweep."""

        name = _RUNS


class MongoRegistryRepository:
    """RegistryRepository on MongoDB. What a newer version stated is left out: only its own kind can read it."""

    def __init__(self, processes: Collection, runs: Collection) -> None:
        self._processes = processes
        self._runs = runs

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoRegistryRepository:
        """Make the indexes where they are not there."""
        return cls(await database.collection(ProcessDocument), await database.collection(SweepRunDocument))

    async def put(self, entry: ProcessEntry) -> None:
        """See `RegistryRepository`."""
        row = {"heartbeat_ms": milliseconds(entry.heartbeat_time), **_stored(ENTRY.dump(entry))}
        with translated(_PROCESSES):
            await self._processes.replace_one({"_id": entry.process_id}, row, upsert=True)

    async def entries(self, *, alive_since: datetime) -> list[ProcessEntry]:
        """See `RegistryRepository`."""
        where = {"heartbeat_ms": {"$gte": milliseconds(alive_since)}, "schema": {"$lte": ENTRY.schema}}
        with translated(_PROCESSES):
            rows = await self._processes.find(where).sort([("_id", 1)]).to_list()
        return [ENTRY.load(_content(row)) for row in rows]

    async def remove(self, process_id: str) -> None:
        """See `RegistryRepository`."""
        with translated(_PROCESSES):
            await self._processes.delete_one({"_id": process_id})

    async def remove_silent(self, *, before: datetime) -> int:
        """See `RegistryRepository`."""
        with translated(_PROCESSES):
            done = await self._processes.delete_many({"heartbeat_ms": {"$lt": milliseconds(before)}})
        return done.deleted_count

    async def record_sweep(self, run: SweepRun) -> None:
        """See `RegistryRepository`. Where a later run is known, the insert of a second document is refused."""
        end_ms = milliseconds(run.end_time)
        row = {"end_ms": end_ms, **_stored(RUN.dump(run))}
        with translated(_RUNS):
            try:
                await self._runs.replace_one({"_id": run.sweep, "end_ms": {"$lte": end_ms}}, row, upsert=True)
            except DuplicateKeyError:
                return

    async def sweep_runs(self) -> list[SweepRun]:
        """See `RegistryRepository`."""
        with translated(_RUNS):
            rows = await self._runs.find({"schema": {"$lte": RUN.schema}}).sort([("_id", 1)]).to_list()
        return [RUN.load(_content(row)) for row in rows]


def _stored(content: Document) -> Row:
    return {"schema": content.pop("schema"), "content": content}


def _content(row: Row) -> Document:
    return {**row["content"], "schema": row["schema"]}
