"""Attempts in MongoDB: all processes count together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.store.mongo import Collection, Keyed, MongoDatabase, Row
from tintype.kit.store.mongo_errors import translated


class AttemptsDocument(Keyed):
    """The attempts of a key, found by its hash: people type their password where their name belongs."""

    times: Sequence[int] = ()  # milliseconds since 1970, in the order of writing
    expire: datetime

    class Settings(Keyed.Settings):
        """Where they lie, and how the server forgets them."""

        name = "accounts_attempts"
        indexes = (IndexModel([("expire", 1)], name="expire", expireAfterSeconds=0),)


class MongoAttemptLog:
    """AttemptLog on MongoDB: of any number at once no more than the limit are counted, by one conditional update."""

    def __init__(self, attempts: Collection) -> None:
        self._attempts = attempts

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoAttemptLog:
        """Make the index if it is not there."""
        return cls(await database.collection(AttemptsDocument))

    async def begin(self, key: str, *, now: datetime, window: timedelta, limit: int) -> datetime | None:
        row, expire = _row(key), now + window
        old = {"times": {"$lte": milliseconds(now - window)}}
        room = {**row, f"times.{limit - 1}": {"$exists": False}}
        with translated("accounts_attempts"):
            with suppress(DuplicateKeyError):  # another call has made it in this moment
                await self._attempts.update_one(row, {"$pull": old, "$max": {"expire": expire}}, upsert=True)
            count = {"$push": {"times": milliseconds(now)}, "$max": {"expire": expire}}
            if (await self._attempts.update_one(room, count)).matched_count:
                return None
            full = await self._attempts.find_one(row)
        return instant_of(min(full["times"])) if full and full.get("times") else now

    async def take_back(self, key: str) -> None:
        with translated("accounts_attempts"):
            await self._attempts.update_one(_row(key), {"$pop": {"times": 1}})

    async def forget(self, key: str) -> None:
        with translated("accounts_attempts"):
            await self._attempts.delete_one(_row(key))

    async def count(self, key: str, *, since: datetime) -> int:
        with translated("accounts_attempts"):
            found = await self._attempts.find_one(_row(key))
        return sum(time > milliseconds(since) for time in found.get("times", ())) if found else 0


def _row(key: str) -> Row:
    return {"_id": hashlib.sha256(key.encode()).hexdigest()}
