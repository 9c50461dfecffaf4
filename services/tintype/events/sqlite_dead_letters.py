"""The dead letters of the stream in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from tintype.events.ports import DeadLetter, DeadLetterNotFound
from tintype.events.sqlite_tables import EVENT, event_of, store_errors
from tintype.kit.fact import Event
from tintype.kit.instants import instant_of
from tintype.kit.store.sqlite import Database

_LETTERS: Final = (
    f"SELECT d.dead_letter_id, d.consumer, d.sequence, d.delivered, d.reason, d.time_ms, {EVENT}"
    " FROM dead_letters d LEFT JOIN events e ON e.sequence = d.sequence"
)


class SqliteDeadLetters:
    """DeadLetters on the tables of the stream.

    Args:
        publish: the stream's own, for a replay.
    """

    def __init__(self, database: Database, publish: Callable[[Sequence[Event]], Awaitable[None]]) -> None:
        self._database = database
        self._publish = publish

    async def page(self, *, after: str = "", limit: int = 100, consumer: str = "") -> Sequence[DeadLetter]:
        """See the port."""
        query = (
            f"{_LETTERS} WHERE d.dead_letter_id > ? AND (? = '' OR d.consumer = ?) ORDER BY d.dead_letter_id LIMIT ?"
        )

        def rows(connection: sqlite3.Connection) -> list[DeadLetter]:
            return [_letter(row) for row in connection.execute(query, (after, consumer, consumer, limit))]

        with store_errors():
            return await self._database.read(rows)

    async def count(self) -> int:
        """See the port."""
        with store_errors():
            return await self._database.read(
                lambda connection: int(connection.execute("SELECT count(*) FROM dead_letters").fetchone()[0])
            )

    async def remove(self, dead_letter_id: str) -> None:
        """See the port."""
        if not await self._delete(dead_letter_id):
            raise _not_found(dead_letter_id)

    async def replay(self, dead_letter_id: str, *, event_id: str) -> None:
        """See the port."""

        def find(connection: sqlite3.Connection) -> DeadLetter | None:
            row = connection.execute(f"{_LETTERS} WHERE d.dead_letter_id = ?", (dead_letter_id,)).fetchone()
            return _letter(row) if row else None

        with store_errors():
            letter = await self._database.read(find)
        if letter is None or letter.event is None:
            raise _not_found(dead_letter_id)
        await self._publish([replace(letter.event, event_id=event_id)])
        await self._delete(dead_letter_id)

    async def _delete(self, dead_letter_id: str) -> bool:
        statement = "DELETE FROM dead_letters WHERE dead_letter_id = ?"
        with store_errors():
            return await self._database.write(
                lambda connection: connection.execute(statement, (dead_letter_id,)).rowcount > 0
            )


def _letter(row: Sequence[object]) -> DeadLetter:
    dead_letter_id, consumer, sequence, delivered, reason, time_ms, *event = row
    assert isinstance(sequence, int)
    assert isinstance(delivered, int)
    assert isinstance(time_ms, int)
    return DeadLetter(
        dead_letter_id=str(dead_letter_id),
        consumer=str(consumer),
        sequence=sequence,
        delivered=delivered,
        reason=str(reason),
        time=instant_of(time_ms),
        event=event_of(event) if event[0] is not None else None,
    )


def _not_found(dead_letter_id: str) -> DeadLetterNotFound:
    return DeadLetterNotFound("there is no such dead letter, or its fact is gone", dead_letter_id=dead_letter_id)
