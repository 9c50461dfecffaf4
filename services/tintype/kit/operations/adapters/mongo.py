"""Operations and leases in MongoDB."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.operations.adapters import stored
from tintype.kit.operations.domain import Lease
from tintype.kit.operations.ports import LeaseHeld, LeaseLost
from tintype.kit.store.mongo import Collection, Keyed, MongoDatabase, Row
from tintype.kit.store.mongo_errors import translated
from tintype.kit.store.mongo_shape import MongoShape, Stored, keysets_of

_LEASES: Final = "leases"
_LAST: Final = "\U0010ffff"


class OperationDocument(Stored):
    """An operation."""

    kind: str
    subject: str
    open: int
    create_ms: int
    due_ms: int
    end_ms: int

    class Settings(Stored.Settings):
        """Where operations lie, and how they are found."""

        name = stored.OPERATIONS.table
        indexes = keysets_of(stored.OPERATIONS)


class LeaseDocument(Keyed):
    """A lease by its name; one that was released is gone."""

    holder: str
    expire_ms: int
    revision: int

    class Settings(Keyed.Settings):
        """Where leases lie; `_id` finds them."""

        name = _LEASES


OPERATIONS: Final = MongoShape(stored.OPERATIONS, OperationDocument)


class MongoLeaseRepository:
    """LeaseRepository on MongoDB: every step is one command on the document of the name."""

    def __init__(self, leases: Collection) -> None:
        self._leases = leases

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoLeaseRepository:
        """Its collection."""
        return cls(await database.collection(LeaseDocument))

    async def acquire(self, name: str, *, holder: str, now: datetime, ttl: timedelta) -> Lease:
        """See `LeaseRepository`.

        A lease in force does not match, so that the command tries to insert a second document of the name, which
        `_id` refuses: so it does for all but one of those that meet a free name.
        """
        free = {"_id": name, "expire_ms": {"$lte": milliseconds(now)}}
        try:
            taken = await self._change(free, holder, now + ttl, insert=True)
        except DuplicateKeyError as error:
            raise LeaseHeld(name) from error
        assert taken is not None
        return _lease(taken)

    async def renew(self, lease: Lease, *, now: datetime, ttl: timedelta) -> Lease:
        """See `LeaseRepository`."""
        kept = await self._change({"_id": lease.name, "holder": lease.holder}, lease.holder, now + ttl, insert=False)
        if kept is None:
            raise LeaseLost(lease.name)
        return _lease(kept)

    async def release(self, lease: Lease) -> None:
        """See `LeaseRepository`."""
        with translated(_LEASES):
            await self._leases.delete_one({"_id": lease.name, "holder": lease.holder})

    async def load(self, name: str) -> Lease | None:
        """See `LeaseRepository`."""
        with translated(_LEASES):
            row = await self._leases.find_one({"_id": name})
        return None if row is None else _lease(row)

    async def expired(self, prefix: str, *, before: datetime, limit: int) -> list[Lease]:
        """See `LeaseRepository`."""
        where = {"_id": {"$gte": prefix, "$lt": prefix + _LAST}, "expire_ms": {"$lte": milliseconds(before)}}
        with translated(_LEASES):
            rows = await self._leases.find(where).sort([("_id", 1)]).hint("_id_").limit(limit).to_list()
        return [_lease(row) for row in rows]

    async def _change(self, where: Row, holder: str, expire_time: datetime, *, insert: bool) -> Row | None:
        change = {"$set": {"holder": holder, "expire_ms": milliseconds(expire_time)}, "$inc": {"revision": 1}}
        with translated(_LEASES):
            return await self._leases.find_one_and_update(
                where, change, upsert=insert, return_document=ReturnDocument.AFTER
            )


def _lease(row: Row) -> Lease:
    return Lease(row["_id"], row["holder"], instant_of(row["expire_ms"]), row["revision"])
