"""One stream into one file: a thread for it hashes and writes, so that the event loop never waits for the disk."""

from __future__ import annotations

import asyncio
import hashlib
import queue
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tintype.blobs.file_paths import translated
from tintype.blobs.file_sink import Buffers, FileSink
from tintype.blobs.ports import Flushed
from tintype.kit.errors import DomainError

AHEAD_BYTES: Final = 8 << 20  # what may wait for the disk: a stream of 1 MiB chunks never starves nor piles up


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is written; `hash` is of the bytes up to `offset`, None if this process has not seen them all."""

    offset: int
    hash: hashlib._Hash | None

    def flushed(self) -> Flushed:
        """As the port says it."""
        return Flushed(self.offset, None if self.hash is None else self.hash.digest())


class FileWriter:
    """BlobWriter on a file; `close` gives the thread back and ends the file.

    One thread a stream, not one hop a chunk: `to_thread` for each chunk halves the speed of a stream.

    Args:
        open_file: gives the file, positioned at `progress.offset`; called by the thread. May raise DomainError.
        progress: how far it is written.
        threads: has one free for each stream; a stream that waited for another's thread would hold its memory.
        buffers: memory for what is on its way to the disk.
    """

    def __init__(self, open_file: Callable[[], int], progress: Progress, threads: Executor, buffers: Buffers) -> None:
        self._open_file = open_file
        self._buffers = buffers
        self._sink: FileSink | None = None  # until it is open
        self._hash = progress.hash
        self._written = progress.offset  # by the thread only
        self._taken = progress.offset  # by the loop only
        self._error: DomainError | None = None
        self._loop = asyncio.get_running_loop()
        self._work: queue.SimpleQueue[bytes | asyncio.Future[Flushed] | None] = queue.SimpleQueue()
        self._room: asyncio.Future[None] | None = None
        self._ended = self._loop.run_in_executor(threads, self._run)

    async def write(self, chunk: bytes) -> None:
        """See `BlobWriter`."""
        self._check()
        self._taken += len(chunk)
        self._work.put(chunk)
        while self._crowded():
            self._room = self._loop.create_future()
            if self._crowded():  # or else the thread may have missed the future
                await self._room
            self._room = None
        self._check()

    async def flush(self) -> Flushed:
        """See `BlobWriter`."""
        done: asyncio.Future[Flushed] = self._loop.create_future()
        self._work.put(done)
        return await done

    async def finish(self) -> Flushed:
        """See `BlobWriter`: a file has no parts."""
        return await self.flush()

    async def close(self) -> Progress | None:
        """Make durable what was written; returns how far that is, None if the file has failed and its hash is lost."""
        self._work.put(None)
        await asyncio.shield(self._ended)
        return None if self._error else Progress(self._written, self._hash)

    def _crowded(self) -> bool:
        return self._error is None and self._taken - self._written > AHEAD_BYTES

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            self._sink = FileSink(self._open_file(), self._written, self._buffers)
        except DomainError as error:
            self._error = error
        self._work_off()
        if self._sink is None:
            return
        if self._error is not None:  # a torn chunk would not be what the next writer hashes
            with suppress(OSError):
                self._sink.cut(self._written)
        self._sink.close()

    def _work_off(self) -> None:
        unsynced = False
        while (work := self._work.get()) is not None:
            if isinstance(work, asyncio.Future):
                self._sync()
                unsynced = False
                self._loop.call_soon_threadsafe(self._answer, work, self._flushed())
            else:
                self._append(work)
                unsynced = True
                if (room := self._room) is not None:
                    self._loop.call_soon_threadsafe(_wake, room)
        if unsynced:
            self._sync()

    def _append(self, chunk: bytes) -> None:
        if self._error is not None or self._sink is None:
            return
        try:
            with translated("writing"):
                self._sink.append(chunk)
        except DomainError as error:
            self._error = error
            return
        if self._hash is not None:
            self._hash.update(chunk)
        self._written += len(chunk)

    def _sync(self) -> None:
        if self._error is not None or self._sink is None:
            return
        try:
            with translated("syncing"):
                self._sink.sync()
        except DomainError as error:
            self._error = error

    def _flushed(self) -> Flushed:
        return Progress(self._written, self._hash).flushed()

    def _answer(self, done: asyncio.Future[Flushed], flushed: Flushed) -> None:
        if done.done():
            return
        if self._error is not None:
            done.set_exception(self._error)
        else:
            done.set_result(flushed)


def _wake(room: asyncio.Future[None]) -> None:
    if not room.done():
        room.set_result(None)
