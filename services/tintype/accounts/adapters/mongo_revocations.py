"""The log of revocations in MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from tintype.accounts.domain.revocations import Revocation
from tintype.kit.errors import Conflict
from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.store.mongo import Collection, Keyed, MongoDatabase, Row
from tintype.kit.store.mongo_errors import translated
from tintype.kit.turns import tried

TRIES: Final = 10  # against other processes; those of this one queue
_FIELDS: Final = ("session_id", "api_key_id", "user_id")


class RevocationDocument(Keyed):
    """An entry; its id is its sequence. The last one stays, emptied, so that the sequence never goes back."""

    time_ms: int | None = None  # None: dropped, and kept for its number
    session_id: str = ""
    api_key_id: str = ""
    user_id: str = ""

    class Settings(Keyed.Settings):
        """Where they lie, and how old ones are found."""

        name = "accounts_revocations"
        indexes = (IndexModel([("time_ms", 1)], name="time"),)


class _Overtaken(Conflict):
    """Another process has taken the number."""


class MongoRevocationLog:
    """RevocationLog on MongoDB.

    An entry is written under the number behind the last one that a majority has, and only one writer gets it: so
    nobody can see an entry before those with lower numbers. A counter beside the log could not promise that.
    """

    def __init__(self, entries: Collection) -> None:
        self._entries = entries
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoRevocationLog:
        """Make the index if it is not there."""
        return cls(await database.collection(RevocationDocument))

    async def append(self, revocations: Sequence[Revocation]) -> list[Revocation]:
        async with self._turn:
            return [await self._appended(revocation) for revocation in revocations]

    async def after(self, sequence: int) -> tuple[list[Revocation], int]:
        with translated("accounts_revocations"):
            rows = await self._entries.find({"_id": {"$gte": sequence}}).sort([("_id", 1)]).to_list()
            last = rows[-1]["_id"] if rows else await self._last()
        entries = [_revocation(row) for row in rows if row["_id"] > sequence and row.get("time_ms") is not None]
        return entries, last

    async def drop(self, *, before: datetime) -> int:
        old: Row = {"time_ms": {"$lt": milliseconds(before)}}
        with translated("accounts_revocations"):
            last = await self._last()
            await self._entries.delete_many({"time_ms": None, "_id": {"$lt": last}})
            dropped = (await self._entries.delete_many({**old, "_id": {"$lt": last}})).deleted_count
            emptied = {"$set": {"time_ms": None, **dict.fromkeys(_FIELDS, "")}}
            return dropped + (await self._entries.update_one({**old, "_id": last}, emptied)).matched_count

    async def _appended(self, revocation: Revocation) -> Revocation:
        sequence = await tried(lambda: self._insert(revocation), overtaken=_Overtaken, tries=TRIES)
        return replace(revocation, sequence=sequence)

    async def _insert(self, revocation: Revocation) -> int:
        with translated("accounts_revocations"):
            sequence = await self._last() + 1
            row = {"_id": sequence, "time_ms": milliseconds(revocation.time)}
            try:
                await self._entries.insert_one({**row, **{name: getattr(revocation, name) for name in _FIELDS}})
            except DuplicateKeyError as error:
                raise _Overtaken("another process has written this entry") from error
        return sequence

    async def _last(self) -> int:
        last = await self._entries.find_one({}, {"_id": 1}, sort=[("_id", -1)])
        return int(last["_id"]) if last else 0


def _revocation(row: Row) -> Revocation:
    time = instant_of(row["time_ms"])
    return Revocation(time=time, sequence=row["_id"], **{name: row[name] for name in _FIELDS})
