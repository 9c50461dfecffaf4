"""The note in the destination that says whose copy it is, and whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from tintype.kit.errors import AlreadyExists, Conflict, DomainError, NotFound
from tintype.kit.store.aggregate_shape import Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

NAME: Final = "moves"
ID: Final = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A copy of `source`, which is told by its URLs without their credentials; `end_time` is None until it is whole."""

    source: str
    begin_time: datetime
    end_time: datetime | None = None
    revision: int = 1

    def ended(self, now: datetime) -> Move:
        """It is whole, and was checked."""
        return replace(self, end_time=now)


class Journal(Protocol):
    """The note of one destination."""

    async def load(self) -> Move | None:
        """None where nothing was ever moved to."""

    async def add(self, move: Move) -> None:
        """Begin; of two at once one wins, the other gets AlreadyExists."""

    async def replace(self, move: Move) -> Move:
        """At its next revision."""


def not_found(_: str) -> DomainError:
    return NotFound("nothing was moved here")


def already_exists(_: str) -> DomainError:
    return AlreadyExists("another move has begun here")


def conflict(_: str) -> DomainError:
    return Conflict("another move goes on here")


SHAPE: Final = Shape[Move, object](
    table=NAME,
    codec=Codec(Move),
    aggregate_id=lambda _: ID,
    owner_id=lambda _: "",
    not_found=not_found,
    already_exists=already_exists,
    conflict=conflict,
)


class StoredJournal:
    """Journal in the destination's database."""

    def __init__(self, moves: Aggregates[Move, object]) -> None:
        self._moves = moves

    async def load(self) -> Move | None:
        found = await self._moves.load_many(owner_id="", aggregate_ids=[ID])
        return found[0] if found else None

    async def add(self, move: Move) -> None:
        await self._moves.add(move)

    async def replace(self, move: Move) -> Move:
        return await self._moves.replace(move)


async def open_journal(database: Database) -> Journal:
    """In a SQLite file, whose table is made."""
    return StoredJournal(await SqliteAggregates.open(database, SHAPE))
