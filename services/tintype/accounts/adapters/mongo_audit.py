"""The audit log in MongoDB. Nothing here changes or removes an event; a user without these rights cannot either."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from pydantic import Field
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from tintype.accounts.domain.audit import CHAIN_START, AuditEvent, chained
from tintype.kit.errors import Conflict
from tintype.kit.store.documents import SCHEMA, Codec
from tintype.kit.store.mongo import Collection, Keyed, MongoDatabase, Row
from tintype.kit.store.mongo_errors import translated
from tintype.kit.turns import tried

TRIES: Final = 10  # against other processes; those of this one queue


class AuditDocument(Keyed):
    """An event; its id is its sequence, so that two cannot be the same link of the chain."""

    actor: str
    hash: str
    schema_number: int = Field(alias="schema")
    content: dict[str, Any]

    class Settings(Keyed.Settings):
        """Where they lie, and how they are found."""

        name = "accounts_audit"
        indexes = (IndexModel([("actor", 1), ("_id", 1)], name="actor"),)


class _Overtaken(Conflict):
    """Another process has written the link."""


class MongoAuditLog:
    """AuditLog on MongoDB. A link is made from the last one and written under the next number, which is free once."""

    def __init__(self, events: Collection) -> None:
        self._events = events
        self._codec = Codec(AuditEvent)
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoAuditLog:
        """Make the index if it is not there."""
        return cls(await database.collection(AuditDocument))

    async def append(self, event: AuditEvent) -> AuditEvent:
        async with self._turn:
            return await tried(lambda: self._append(event), overtaken=_Overtaken, tries=TRIES)

    async def restore(self, events: Sequence[AuditEvent]) -> None:
        """Write links of another log as they are, behind those that are here: for a library that is moved."""
        if events:
            with translated("accounts_audit"):
                await self._events.insert_many([self._row(event) for event in events])

    async def newest(self, *, before: int, limit: int, actor: str = "") -> list[AuditEvent]:
        where: Row = {"actor": actor} if actor else {}
        if before:
            where["_id"] = {"$lt": before}
        return await self._page(where, -1, limit)

    async def oldest(self, *, after: int, limit: int) -> list[AuditEvent]:
        return await self._page({"_id": {"$gt": after}}, 1, limit)

    async def _append(self, event: AuditEvent) -> AuditEvent:
        with translated("accounts_audit"):
            last = await self._events.find_one({}, {"hash": 1}, sort=[("_id", -1)])
            sequence, previous_hash = (last["_id"], last["hash"]) if last else (0, CHAIN_START)
            kept = chained(event, sequence=sequence + 1, previous_hash=previous_hash)
            try:
                await self._events.insert_one(self._row(kept))
            except DuplicateKeyError as error:
                raise _Overtaken("another process has written this link of the audit log") from error
        return kept

    def _row(self, event: AuditEvent) -> Row:
        content = self._codec.dump(event)
        schema = content.pop(SCHEMA)
        return {
            "_id": event.sequence,
            "actor": event.actor,
            "hash": event.hash,
            "schema": schema,
            "content": content,
        }

    async def _page(self, where: Row, direction: int, limit: int) -> list[AuditEvent]:
        with translated("accounts_audit"):
            rows = await self._events.find(where).sort([("_id", direction)]).limit(limit).to_list()
        return [self._codec.load({**row["content"], SCHEMA: row["schema"]}) for row in rows]
