"""The one thread that writes a SQLite file: what waits is committed together."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Final, TypeVar, cast

from tintype.kit.store.errors import StoreUnavailable
from tintype.kit.store.sqlite_errors import translated

T = TypeVar("T")

GROUP: Final = 64  # writes that share one commit at most
GROUP_S: Final = 0.005  # and the longest that the first of them waits for the others to run


@dataclass(eq=False, slots=True)
class _Write:
    change: Callable[[sqlite3.Connection], object]
    answer: asyncio.Future[object]
    result: object = None
    error: Exception | None = None

    def deliver(self) -> None:
        if self.answer.done():  # the caller was cancelled
            return
        if self.error is not None:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(self.result)


class Writer:
    """Runs changes in their order, up to 64 or 5 ms of them in one transaction, each under a savepoint of its own.

    Nothing waits for company: whatever has queued up during one commit makes the next group.
    """

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._work, name=f"sqlite-write-{name}", daemon=True)
        self._thread.start()

    async def run(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `change` returned, once it is committed."""
        if self._closed:
            raise StoreUnavailable("the database is closed")
        write = _Write(change, self._loop.create_future())
        self._waiting.put(write)
        return cast(T, await write.answer)

    async def close(self) -> None:
        """Commit what waits, then end the thread."""
        self._closed = True  # on the loop, so that nothing can be queued behind the end
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            group, last = self._commit_group(first)
            self._loop.call_soon_threadsafe(_deliver, group)
            if last:
                return

    def _commit_group(self, first: _Write) -> tuple[list[_Write], bool]:
        """Returns the group, and whether the end of the queue was met."""
        group: list[_Write] = []
        last = False
        write: _Write | None = first
        deadline = time.monotonic() + GROUP_S
        try:
            with translated(self._name):
                self._connection.execute("BEGIN IMMEDIATE")
                while write is not None:
                    group.append(write)
                    self._run(write)
                    if len(group) >= GROUP or time.monotonic() > deadline or self._waiting.empty():
                        break
                    write = self._waiting.get()
                    last = write is None
                self._connection.execute("COMMIT")
        except Exception:  # the transaction is lost (disk full, I/O error): each write gets one of its own
            group = group or [first]
            self._undo()
            for each in group:
                self._run_alone(each)
        return group, last

    def _run(self, write: _Write) -> None:
        """Run one change under a savepoint. Raises only if the whole transaction is lost."""
        self._connection.execute("SAVEPOINT one")
        try:
            with translated(self._name):
                write.result = write.change(self._connection)
        except Exception as error:
            if not self._connection.in_transaction:  # SQLite rolled all of it back
                raise
            write.error = error
            self._connection.execute("ROLLBACK TO one")
        self._connection.execute("RELEASE one")

    def _run_alone(self, write: _Write) -> None:
        write.result = write.error = None
        try:
            with translated(self._name):
                self._connection.execute("BEGIN IMMEDIATE")
                write.result = write.change(self._connection)
                self._connection.execute("COMMIT")
        except Exception as error:  # handed to whoever awaits the write
            write.error = error
            self._undo()

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _deliver(group: list[_Write]) -> None:
    for write in group:
        write.deliver()
