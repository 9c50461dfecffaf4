"""One SQLite file: what was acknowledged stays, one failure fails alone, one process holds it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tintype.kit.store import sqlite as module
from tintype.kit.store.errors import (
    NewerSchema,
    StoreFull,
    StoreInUse,
    StoreRefused,
    StoreUnavailable,
    StoreUnusable,
)
from tintype.kit.store.sqlite import Database

STEPS = ["CREATE TABLE numbers (n INTEGER PRIMARY KEY, filler BLOB);"]


def insert(n: int, filler: int = 0) -> Callable[[sqlite3.Connection], int]:
    def change(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO numbers VALUES (?, zeroblob(?))", (n, filler))
        return n

    return change


def numbers(connection: sqlite3.Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT n FROM numbers ORDER BY n")]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(tmp_path / "home" / "library.db") as opened:
        await opened.migrate("test", STEPS)
        yield opened


async def test_a_read_sees_what_write_returned_for(database: Database) -> None:
    assert await database.write(insert(1)) == 1
    assert await database.read(numbers) == [1]


async def test_of_writes_that_share_a_commit_the_failing_one_fails_alone(
    database: Database,
) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers (n) VALUES (500)")
        raise LookupError

    changes = [insert(1), insert(2), insert(2), half, insert(3)]
    outcomes = await asyncio.gather(*(database.write(change) for change in changes), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        int,
        int,
        sqlite3.IntegrityError,
        LookupError,
        int,
    ]
    assert await database.read(numbers) == [1, 2, 3]


async def test_a_full_disk_fails_what_does_not_fit_and_nothing_else(
    database: Database,
) -> None:
    await database.write(lambda connection: connection.execute("PRAGMA max_page_count = 40").fetchone())
    changes = [insert(1), insert(2, filler=1 << 20), insert(3)]
    outcomes = await asyncio.gather(*(database.write(change) for change in changes), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [int, StoreFull, int]
    assert await database.read(numbers) == [1, 3]


async def test_what_was_written_is_synced(database: Database) -> None:
    """Without it only a power cut loses anything, which `tests/faults/test_power.py` needs root for."""
    synchronous = await database.write(lambda connection: connection.execute("PRAGMA synchronous").fetchone()[0])
    assert synchronous == 2  # FULL


async def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(StoreUnavailable):
        await database.read(insert(1))


async def test_a_damaged_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnavailable):
        async with Database.open(tmp_path / "library.db"):
            pass


async def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreUnusable, match=r"99\.0\.0"):
        async with Database.open(tmp_path / "library.db"):
            pass


async def test_a_second_opening_is_refused_until_the_first_is_closed(
    tmp_path: Path,
) -> None:
    async with Database.open(tmp_path / "library.db"):
        with pytest.raises(StoreInUse, match=str(os.getpid())):
            async with Database.open(tmp_path / "library.db"):
                pass
    async with Database.open(tmp_path / "library.db"):
        pass


async def test_closing_finishes_what_was_handed_over(tmp_path: Path) -> None:
    async with Database.open(tmp_path / "library.db") as database:
        await database.migrate("test", STEPS)
        writes = [asyncio.ensure_future(database.write(insert(n))) for n in range(100)]
        await asyncio.sleep(0)
    assert sum(await asyncio.gather(*writes)) == sum(range(100))
    with pytest.raises(StoreUnavailable):
        await database.write(insert(100))


async def test_components_migrate_apart_and_never_back(database: Database) -> None:
    more = [
        *STEPS,
        "ALTER TABLE numbers ADD COLUMN a TEXT DEFAULT ';'; CREATE INDEX numbers_a ON numbers (a)",
    ]
    await database.migrate("other", ["CREATE TABLE others (n); -- a comment"])
    await database.migrate("test", more)
    await database.migrate("test", more)
    with pytest.raises(NewerSchema):
        await database.migrate("test", STEPS)


async def test_a_migration_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(StoreRefused):
        await database.migrate("other", ["CREATE TABLE others (n); CREATE TABLE numbers (n)"])
    await database.migrate("other", ["CREATE TABLE others (n)"])


KILLED = """
import asyncio, os, sys
from pathlib import Path
from tintype.kit.store.sqlite import Database

async def main():
    async with Database.open(Path(sys.argv[1])) as database:
        await database.migrate("test", ["CREATE TABLE numbers (n INTEGER PRIMARY KEY)"])
        async def add(n):
            await database.write(lambda connection: connection.execute("INSERT INTO numbers VALUES (?)", (n,)) and None)
            os.write(1, b"%d\\n" % n)
            if n == 300:
                os.kill(os.getpid(), 9)
        await asyncio.gather(*(add(n) for n in range(1000)))

asyncio.run(main())
"""


async def test_a_killed_process_loses_nothing_that_it_acknowledged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "library.db"
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, str(path)], capture_output=True)
    acknowledged = {int(line) for line in killed.stdout.split()}
    async with Database.open(path) as database:
        assert acknowledged <= set(await database.read(numbers))
    assert 300 in acknowledged
