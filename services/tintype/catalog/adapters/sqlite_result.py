"""Results of analysis in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tintype.catalog.adapters.documents import RESULTS
from tintype.catalog.domain.result import ResultKey, StageResult
from tintype.catalog.domain.stage import Stage
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.instants import instant_of, milliseconds
from tintype.kit.store.sqlite import Database

_TABLE: Final = """
CREATE TABLE results (
    owner_id TEXT NOT NULL, photo_id TEXT NOT NULL, stage TEXT NOT NULL, model TEXT NOT NULL, job_id TEXT NOT NULL,
    make_ms INTEGER NOT NULL, store_ms INTEGER NOT NULL, schema INTEGER NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (owner_id, photo_id, stage, model, job_id)
);
"""
_KEY: Final = "owner_id, photo_id, stage, model, job_id"
_IS: Final = "owner_id = ? AND photo_id = ? AND stage = ? AND model = ? AND job_id = ?"
_ROW: Final = f"SELECT {_KEY}, make_ms, schema, doc FROM results"

Row = tuple[str, str, str, str, str, int, int, str]


class SqliteResultRepository:
    """ResultRepository on SQLite: a row for each record, its content as a document of its stage."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @classmethod
    async def open(cls, database: Database, *, clock: Clock | None = None) -> SqliteResultRepository:
        """Make the table where it is not there."""
        await database.migrate("results", [_TABLE])
        return cls(database, clock or SystemClock())

    async def add_many(self, results: Sequence[StageResult]) -> None:
        """See `ResultRepository`."""
        now = milliseconds(self._clock.now())
        rows = [_dump(result, now) for result in results]
        insert = f"INSERT OR IGNORE INTO results VALUES ({', '.join('?' * 9)})"
        await self._database.write(lambda connection: connection.executemany(insert, rows) and None)

    async def load_many(self, owner_id: str, keys: Sequence[ResultKey]) -> list[StageResult]:
        """See `ResultRepository`."""
        query = f"{_ROW} WHERE {_IS}"

        def read(connection: sqlite3.Connection) -> list[StageResult]:
            rows = (connection.execute(query, (owner_id, *_values(key))).fetchone() for key in keys)
            return [_load(row) for row in rows if row is not None]

        return await self._database.read(read)

    async def load_photo(self, *, owner_id: str, photo_id: str) -> list[StageResult]:
        """See `ResultRepository`."""
        query = f"{_ROW} WHERE owner_id = ? AND photo_id = ? ORDER BY stage, job_id"
        return await self._database.read(
            lambda connection: [_load(row) for row in connection.execute(query, (owner_id, photo_id))]
        )

    async def page_keys(
        self, *, until: datetime, limit: int, after: tuple[str, ResultKey] | None = None
    ) -> list[tuple[str, ResultKey]]:
        """See `ResultRepository`."""
        behind = (after[0], *_values(after[1])) if after else ("", "", "", "", "")
        query = f"SELECT {_KEY} FROM results WHERE ({_KEY}) > (?, ?, ?, ?, ?) AND store_ms <= ? ORDER BY {_KEY} LIMIT ?"
        values = (*behind, milliseconds(until), limit)
        rows = await self._database.read(lambda connection: connection.execute(query, values).fetchall())
        return [(row[0], ResultKey(row[1], Stage(row[2]), row[3], row[4])) for row in rows]

    async def remove_many(self, owner_id: str, keys: Sequence[ResultKey]) -> int:
        """See `ResultRepository`."""
        query = f"DELETE FROM results WHERE {_IS}"
        rows = [(owner_id, *_values(key)) for key in keys]
        return await self._database.write(lambda connection: connection.executemany(query, rows).rowcount)

    async def remove_photo(self, *, owner_id: str, photo_id: str) -> int:
        """See `ResultRepository`."""
        query = "DELETE FROM results WHERE owner_id = ? AND photo_id = ?"
        return await self._database.write(lambda connection: connection.execute(query, (owner_id, photo_id)).rowcount)

    async def remove_owner(self, owner_id: str) -> int:
        """See `ResultRepository`."""
        query = "DELETE FROM results WHERE owner_id = ?"
        return await self._database.write(lambda connection: connection.execute(query, (owner_id,)).rowcount)

    async def count_owner(self, owner_id: str) -> int:
        """See `ResultRepository`."""
        query = "SELECT count(*) FROM results WHERE owner_id = ?"
        return await self._database.read(lambda connection: int(connection.execute(query, (owner_id,)).fetchone()[0]))


def _values(key: ResultKey) -> tuple[str, str, str, str]:
    return key.photo_id, key.stage.value, key.model, key.job_id


def _dump(result: StageResult, store_ms: int) -> tuple[str | int, ...]:
    codec = RESULTS[result.key.stage]
    return (
        result.owner_id,
        *_values(result.key),
        milliseconds(result.make_time),
        store_ms,
        codec.schema,
        codec.dump_text(result.content),
    )


def _load(row: Row) -> StageResult:
    owner_id, photo_id, stage, model, job_id, make_ms, schema, doc = row
    return StageResult(
        owner_id=owner_id,
        key=ResultKey(photo_id, Stage(stage), model, job_id),
        make_time=instant_of(make_ms),
        content=RESULTS[Stage(stage)].load_text(doc, schema=schema),
    )
