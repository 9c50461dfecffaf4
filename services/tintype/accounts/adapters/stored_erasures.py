"""Erasures under way, in either database."""

from __future__ import annotations

from typing import Final

from tintype.accounts.domain.erasure import Erasure
from tintype.accounts.ports import ErasureNotFound, RecordExists, RevisionConflict
from tintype.kit.store.aggregate_shape import Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec

ERASURES: Final = Shape[Erasure, object](
    table="accounts_erasures",
    codec=Codec(Erasure),
    aggregate_id=lambda erasure: erasure.user_id,
    owner_id=lambda erasure: erasure.user_id,
    not_found=lambda user_id: ErasureNotFound("no such erasure is under way", user_id=user_id),
    already_exists=lambda user_id: RecordExists("the erasure exists"),
    conflict=lambda user_id: RevisionConflict("the erasure was changed meanwhile"),
)


class StoredErasureRepository:
    """ErasureRepository over aggregates."""

    def __init__(self, erasures: Aggregates[Erasure, object]) -> None:
        self._erasures = erasures

    async def add(self, erasure: Erasure) -> None:
        await self._erasures.add(erasure)

    async def replace(self, erasure: Erasure) -> Erasure:
        return await self._erasures.replace(erasure)

    async def find(self, user_id: str) -> Erasure | None:
        found = await self._erasures.load_many(owner_id=user_id, aggregate_ids=[user_id])
        return found[0] if found else None

    async def remove(self, user_id: str) -> None:
        await self._erasures.discard(owner_id=user_id, aggregate_id=user_id)
