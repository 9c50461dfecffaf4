"""Erasures under way in SQLite."""

from __future__ import annotations

from typing import Final

from tintype.accounts.domain.erasure import Erasure
from tintype.accounts.ports import ErasureNotFound, RecordExists, RevisionConflict
from tintype.kit.store.aggregate_shape import Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec
from tintype.kit.store.sqlite import Database

SHAPE: Final = Shape[Erasure, object](
    table="accounts_erasures",
    codec=Codec(Erasure),
    aggregate_id=lambda erasure: erasure.user_id,
    owner_id=lambda erasure: erasure.user_id,
    not_found=lambda user_id: ErasureNotFound("no such erasure is under way", user_id=user_id),
    already_exists=lambda user_id: RecordExists("the erasure exists"),
    conflict=lambda user_id: RevisionConflict("the erasure was changed meanwhile"),
)


class SqliteErasureRepository:
    """ErasureRepository on SQLite."""

    def __init__(self, erasures: Aggregates[Erasure, object]) -> None:
        self._erasures = erasures

    @classmethod
    async def open(cls, database: Database) -> SqliteErasureRepository:
        """Make the tables if they are not there."""
        return cls(await Aggregates.open(database, SHAPE))

    async def add(self, erasure: Erasure) -> None:
        await self._erasures.add(erasure)

    async def replace(self, erasure: Erasure) -> Erasure:
        return await self._erasures.replace(erasure)

    async def find(self, user_id: str) -> Erasure | None:
        found = await self._erasures.load_many(owner_id=user_id, aggregate_ids=[user_id])
        return found[0] if found else None

    async def remove(self, user_id: str) -> None:
        await self._erasures.remove_owner(user_id)
