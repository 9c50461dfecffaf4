"""The note of a move in the destination's MongoDB database."""

from __future__ import annotations

from typing import Final

from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import MongoShape, Stored
from tintype.moving.journal import ID, MOVE, NAME, Journal, Move, StoredJournal, already_exists, conflict, not_found


class MoveDocument(Stored):
    """The note."""

    class Settings(Stored.Settings):
        """Where it lies."""

        name = NAME


SHAPE: Final = MongoShape[Move, object](
    document=MoveDocument,
    codec=MOVE,
    aggregate_id=lambda _: ID,
    owner_id=lambda _: "",
    not_found=not_found,
    already_exists=already_exists,
    conflict=conflict,
)


async def open_journal(database: MongoDatabase) -> Journal:
    """In a MongoDB database, whose collection is made."""
    return StoredJournal(await MongoAggregates.open(database, SHAPE))
