"""Erasures under way in MongoDB."""

from __future__ import annotations

from typing import Final

from tintype.accounts.domain.erasure import Erasure
from tintype.accounts.ports import ErasureNotFound, RecordExists, RevisionConflict
from tintype.kit.store.documents import Codec
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import MongoShape, Stored


class ErasureDocument(Stored):
    """An erasure, owned by the user who is erased."""

    class Settings(Stored.Settings):
        """Where they lie."""

        name = "accounts_erasures"


SHAPE: Final = MongoShape[Erasure, object](
    document=ErasureDocument,
    codec=Codec(Erasure),
    aggregate_id=lambda erasure: erasure.user_id,
    owner_id=lambda erasure: erasure.user_id,
    not_found=lambda user_id: ErasureNotFound("no such erasure is under way", user_id=user_id),
    already_exists=lambda user_id: RecordExists("the erasure exists"),
    conflict=lambda user_id: RevisionConflict("the erasure was changed meanwhile"),
)


class MongoErasureRepository:
    """ErasureRepository on MongoDB."""

    def __init__(self, erasures: MongoAggregates[Erasure, object]) -> None:
        self._erasures = erasures

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoErasureRepository:
        """Connect to the collection."""
        return cls(await MongoAggregates.open(database, SHAPE))

    async def add(self, erasure: Erasure) -> None:
        await self._erasures.add(erasure)

    async def replace(self, erasure: Erasure) -> Erasure:
        return await self._erasures.replace(erasure)

    async def find(self, user_id: str) -> Erasure | None:
        found = await self._erasures.load_many(owner_id=user_id, aggregate_ids=[user_id])
        return found[0] if found else None

    async def remove(self, user_id: str) -> None:
        await self._erasures.discard(owner_id=user_id, aggregate_id=user_id)
