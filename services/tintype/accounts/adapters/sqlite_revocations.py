"""The log of revocations in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from tintype.accounts.domain.revocations import Revocation
from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.store.sqlite import Database

# AUTOINCREMENT keeps the highest number that was ever given, also when its row is dropped.
_STEPS: Final = (
    """
    CREATE TABLE accounts_revocations (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        time_ms INTEGER NOT NULL,
        session_id TEXT NOT NULL,
        api_key_id TEXT NOT NULL,
        user_id TEXT NOT NULL
    );
    CREATE INDEX accounts_revocations__time ON accounts_revocations (time_ms);
    """,
)
_Row = tuple[int, int, str, str, str]


class SqliteRevocationLog:
    """RevocationLog on SQLite, whose one writer gives the sequences in the order of the commits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, database: Database) -> SqliteRevocationLog:
        """Make the table if it is not there."""
        await database.migrate("accounts_revocations", _STEPS)
        return cls(database)

    async def append(self, revocations: Sequence[Revocation]) -> list[Revocation]:
        if not revocations:
            return []

        def change(connection: sqlite3.Connection) -> list[int]:
            return [_insert(connection, revocation) for revocation in revocations]

        sequences = await self._database.write(change)
        return [replace(each, sequence=sequence) for each, sequence in zip(revocations, sequences, strict=True)]

    async def after(self, sequence: int) -> tuple[list[Revocation], int]:
        def query(connection: sqlite3.Connection) -> tuple[list[_Row], int]:
            rows = connection.execute(
                "SELECT sequence, time_ms, session_id, api_key_id, user_id FROM accounts_revocations "
                "WHERE sequence > ? ORDER BY sequence",
                (sequence,),
            ).fetchall()
            last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'accounts_revocations'").fetchone()
            return rows, last[0] if last else 0

        rows, last = await self._database.read(query)
        return [_revocation(row) for row in rows], last

    async def drop(self, *, before: datetime) -> int:
        statement = "DELETE FROM accounts_revocations WHERE time_ms < ?"
        return await self._database.write(lambda c: c.execute(statement, (milliseconds(before),)).rowcount)


def _insert(connection: sqlite3.Connection, revocation: Revocation) -> int:
    cursor = connection.execute(
        "INSERT INTO accounts_revocations (time_ms, session_id, api_key_id, user_id) VALUES (?, ?, ?, ?)",
        (milliseconds(revocation.time), revocation.session_id, revocation.api_key_id, revocation.user_id),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _revocation(row: _Row) -> Revocation:
    sequence, time_ms, session_id, api_key_id, user_id = row
    time = instant_of(time_ms)
    return Revocation(time=time, session_id=session_id, api_key_id=api_key_id, user_id=user_id, sequence=sequence)
