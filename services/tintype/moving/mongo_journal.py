"""The note of a move in the destination's MongoDB database."""

from __future__ import annotations

from typing import Final

from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import MongoShape, Stored
from tintype.moving.journal import MOVE, NAME, Move, already_exists, conflict, not_found

_ID: Final = "move"


class MoveDocument(Stored):
    """The note."""

    class Settings(Stored.Settings):
        """Where it lies."""

        name = NAME


SHAPE: Final = MongoShape[Move, object](
    document=MoveDocument,
    codec=MOVE,
    aggregate_id=lambda _: _ID,
    owner_id=lambda _: "",
    not_found=not_found,
    already_exists=already_exists,
    conflict=conflict,
)


class MongoJournal:
    """Journal on MongoDB."""

    def __init__(self, moves: MongoAggregates[Move, object]) -> None:
        self._moves = moves

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoJournal:
        """Make its collection."""
        return cls(await MongoAggregates.open(database, SHAPE))

    async def load(self) -> Move | None:
        found = await self._moves.load_many(owner_id="", aggregate_ids=[_ID])
        return found[0] if found else None

    async def add(self, move: Move) -> None:
        await self._moves.add(move)

    async def replace(self, move: Move) -> Move:
        return await self._moves.replace(move)
