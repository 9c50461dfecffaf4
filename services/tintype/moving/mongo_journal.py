"""The note of a move in the destination's MongoDB database."""

from __future__ import annotations

from typing import Final

from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import MongoShape, Stored
from tintype.moving import journal


class MoveDocument(Stored):
    """The note."""

    class Settings(Stored.Settings):
        """Where it lies."""

        name = journal.NAME


SHAPE: Final = MongoShape(journal.SHAPE, MoveDocument)


async def open_journal(database: MongoDatabase) -> journal.Journal:
    """In a MongoDB database, whose collection is made."""
    return journal.StoredJournal(await MongoAggregates.open(database, SHAPE))
