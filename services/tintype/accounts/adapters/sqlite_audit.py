"""The audit log in SQLite: triggers refuse to change or remove what is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from tintype.accounts.domain.audit import CHAIN_START, AuditEvent, chained
from tintype.kit.store.documents import Codec
from tintype.kit.store.sqlite import Database

_STEPS: Final = (
    """
    CREATE TABLE accounts_audit (
        sequence INTEGER PRIMARY KEY,
        actor TEXT NOT NULL,
        hash TEXT NOT NULL,
        schema INTEGER NOT NULL,
        doc TEXT NOT NULL
    );
    CREATE INDEX accounts_audit__actor ON accounts_audit (actor, sequence);
    CREATE TRIGGER accounts_audit__keep BEFORE UPDATE ON accounts_audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    CREATE TRIGGER accounts_audit__hold BEFORE DELETE ON accounts_audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    """,
)


class SqliteAuditLog:
    """AuditLog on SQLite. The chain is made in the write, where nobody can come between."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._codec = Codec(AuditEvent)

    @classmethod
    async def open(cls, database: Database) -> SqliteAuditLog:
        """Make the table if it is not there."""
        await database.migrate("accounts_audit", _STEPS)
        return cls(database)

    async def append(self, event: AuditEvent) -> AuditEvent:
        def change(connection: sqlite3.Connection) -> AuditEvent:
            last = connection.execute(
                "SELECT sequence, hash FROM accounts_audit ORDER BY sequence DESC LIMIT 1"
            ).fetchone()
            sequence, previous_hash = last or (0, CHAIN_START)
            kept = chained(event, sequence=sequence + 1, previous_hash=previous_hash)
            row = (kept.sequence, kept.actor, kept.hash, self._codec.schema, self._codec.dump_text(kept))
            connection.execute("INSERT INTO accounts_audit VALUES (?, ?, ?, ?, ?)", row)
            return kept

        return await self._database.write(change)

    async def restore(self, events: Sequence[AuditEvent]) -> None:
        """Write links of another log as they are, behind those that are here: for a library that is moved."""
        rows = [
            (each.sequence, each.actor, each.hash, self._codec.schema, self._codec.dump_text(each)) for each in events
        ]
        insert = "INSERT INTO accounts_audit VALUES (?, ?, ?, ?, ?)"
        await self._database.write(lambda connection: connection.executemany(insert, rows) and None)

    async def newest(self, *, before: int, limit: int, actor: str = "") -> list[AuditEvent]:
        conditions, values = ["1"], list[int | str]()
        if before:
            conditions.append("sequence < ?")
            values.append(before)
        if actor:
            conditions.append("actor = ?")
            values.append(actor)
        return await self._select(f"{' AND '.join(conditions)} ORDER BY sequence DESC LIMIT ?", *values, limit)

    async def oldest(self, *, after: int, limit: int) -> list[AuditEvent]:
        return await self._select("sequence > ? ORDER BY sequence LIMIT ?", after, limit)

    async def _select(self, rest: str, *values: int | str) -> list[AuditEvent]:
        query = f"SELECT doc, schema FROM accounts_audit WHERE {rest}"
        rows = await self._database.read(lambda connection: connection.execute(query, values).fetchall())
        return [self._codec.load_text(doc, schema=schema) for doc, schema in rows]
