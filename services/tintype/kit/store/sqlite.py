"""One SQLite file: a writer thread with group commit, readers in threads, async to the outside."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Final, TypeVar

from tintype.kit.store.errors import NewerSchema, StoreUnusable
from tintype.kit.store.file_lock import locked
from tintype.kit.store.sqlite_errors import translated
from tintype.kit.store.sqlite_writer import Writer
from tintype.kit.threads import thread_pool

T = TypeVar("T")

OLDEST_SQLITE: Final = (3, 40, 0)
READERS: Final = 3  # enough to use two cores and still answer while one reader scans
BUSY_TIMEOUT_MS: Final = 5_000  # only tools that open the file beside us can make it busy
_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700

_VERSIONS: Final = "CREATE TABLE IF NOT EXISTS schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL)"


class Database:
    """A SQLite file that this process holds alone.

    What `write` has returned for survives any crash, a power cut too.
    """

    def __init__(self, writer: Writer, readers: Sequence[sqlite3.Connection]) -> None:
        self._writer = writer
        self._idle = list(readers)  # list.pop and append are atomic; never empty inside a pool of as many threads
        self._pool = thread_pool(len(readers), "sqlite-read")

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: Path,
        *,
        readers: int = READERS,
    ) -> AsyncIterator[Database]:
        """Open or create the file, its folder too; on leaving, finish what was handed to `write`, then close.

        Raises: StoreInUse if another process (or this one, twice) holds it; StoreUnusable; StoreUnavailable.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            oldest = ".".join(map(str, OLDEST_SQLITE))
            raise StoreUnusable(f"SQLite {oldest} or newer is needed, this Python has {sqlite3.sqlite_version}")
        await asyncio.to_thread(path.parent.mkdir, mode=_FOLDER_MODE, parents=True, exist_ok=True)
        with locked(path), ExitStack() as opened:
            with translated(path.name):
                writing = opened.enter_context(closing(await asyncio.to_thread(_connect, path)))
                reading = [
                    opened.enter_context(closing(await asyncio.to_thread(_connect_reader, path)))
                    for _ in range(readers)
                ]
            database = cls(Writer(writing, path.name), reading)
            try:
                yield database
            finally:
                await database._close()

    async def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run `change` in a transaction and return its result once that is durable.

        Writes are done one after another, in the order of the calls; several share a commit, yet each happens whole
        or not at all: if `change` raises, what it did is undone, and the error comes out here. `change` may be run
        again if a shared commit fails, so it must do nothing but use its connection, and neither commit nor roll back.
        If the caller is cancelled, the write may still happen.

        Raises: what `change` raises; StoreFull, StoreUnavailable. `sqlite3.IntegrityError` comes as it is.
        """
        return await self._writer.run(change)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run `query` in a thread, on one snapshot that holds every finished `write`.

        Raises: what `query` raises; StoreUnavailable.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, query)

    async def probe(self) -> None:
        """Raises StoreUnavailable if the file cannot be read."""
        await self.read(lambda connection: connection.execute("SELECT count(*) FROM sqlite_schema").fetchone())

    async def migrate(self, component: str, steps: Sequence[str]) -> None:
        """Bring the tables of one component up to date; components share a file and know nothing of each other.

        Args:
            component: the owner of the tables.
            steps: SQL scripts, of which the first n have been run where the file is at version n. Only ever append.

        Raises: NewerSchema if the file has seen more steps than there are.
        """
        await self.write(lambda connection: _migrate(connection, component, steps))

    def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._idle.pop()
        try:
            with translated("reading"):
                connection.execute("BEGIN")
                try:
                    return query(connection)
                finally:
                    connection.rollback()
        finally:
            self._idle.append(connection)

    async def _close(self) -> None:
        await self._writer.close()
        await asyncio.to_thread(self._pool.shutdown)


def _connect(path: Path) -> sqlite3.Connection:
    path.touch(mode=_FILE_MODE)
    with ExitStack() as failing:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        failing.callback(connection.close)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise StoreUnusable(f"{path.name} lies on a file system without shared memory, which SQLite's WAL needs")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(_VERSIONS)
        failing.pop_all()
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _migrate(connection: sqlite3.Connection, component: str, steps: Sequence[str]) -> None:
    row = connection.execute("SELECT version FROM schema_versions WHERE component = ?", (component,)).fetchone()
    version = row[0] if row else 0
    if version > len(steps):
        raise NewerSchema(f"the tables of {component}", found=version, known=len(steps))
    for step in steps[version:]:
        for statement in _statements(step):
            connection.execute(statement)
    connection.execute("INSERT OR REPLACE INTO schema_versions VALUES (?, ?)", (component, len(steps)))


def _statements(script: str) -> list[str]:
    """Split a script, because `executescript` would commit the transaction that it runs in."""
    statements, begun = [], ""
    for part in script.split(";"):
        begun += part + ";"
        if sqlite3.complete_statement(begun):
            statements.append(begun)
            begun = ""
    return [statement for statement in statements if statement.strip(" \n\t;")]
