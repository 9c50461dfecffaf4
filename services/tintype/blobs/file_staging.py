"""Staged writes in a folder: one file each, named by its handle."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from tintype.blobs.file_paths import FILE_MODE, FOLDER_MODE, STAGING, sync_folder, translated
from tintype.blobs.file_sink import Buffers
from tintype.blobs.file_writer import FileWriter, Progress
from tintype.blobs.ports import (
    BlobMismatch,
    BlobStoreUnavailable,
    OffsetMismatch,
    StagedBusy,
    StagedNotFound,
    StagedStat,
)
from tintype.kit.ids import RandomIds
from tintype.kit.threads import thread_pool

_STREAMS: Final = 16  # at once, of which each has its thread from the start
_MORE_STREAMS: Final = 20_000  # more than calls in flight are let in
_HANDLE: Final = re.compile(r"[0-9a-f]{32}")


class FileStaging:
    """The staged writes of one store; running hashes live as long as the process."""

    def __init__(self, root: Path) -> None:
        self.folder = root / STAGING
        self._ids = RandomIds()
        # One a stream, kept for the next: to start a thread costs a small file as much as to hash a megabyte.
        self._threads = thread_pool(_STREAMS, "blob-writer", more=_MORE_STREAMS)
        self._buffers = Buffers()
        self._busy: set[str] = set()
        self._progress: dict[str, Progress] = {}
        self._unmade: set[str] = set()  # handles whose files their first writers will make

    def prepare(self) -> None:
        """Make the folder."""
        self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)

    def close(self) -> None:
        """Let the threads go; those of streams that are still open end with them."""
        self._threads.shutdown(wait=False)

    def path(self, handle: str) -> Path:
        """The file of a handle. Raises StagedNotFound if it cannot be one."""
        if _HANDLE.fullmatch(handle) is None:
            raise StagedNotFound(handle)
        return self.folder / handle

    def check_idle(self, handle: str) -> None:
        """Raises StagedBusy while a writer has it open."""
        if handle in self._busy:
            raise StagedBusy(handle)

    def forget(self, handle: str) -> None:
        """Drop its running hash."""
        self._progress.pop(handle, None)
        self._unmade.discard(handle)

    async def stage(self) -> str:
        """A new handle, durable."""
        handle = self._ids.new()
        await asyncio.to_thread(self._create, handle)
        self._progress[handle] = Progress(0, hashlib.sha256())
        return handle

    def stage_later(self) -> str:
        """A new handle without a file: a stream that ends in this process or not at all need not wait for the disk."""
        handle = self._ids.new()
        self._progress[handle] = Progress(0, hashlib.sha256())
        self._unmade.add(handle)
        return handle

    @asynccontextmanager
    async def writer(self, handle: str, *, offset: int) -> AsyncIterator[FileWriter]:
        """See `BlobStore.writer`."""
        path = self.path(handle)
        self.check_idle(handle)
        self._busy.add(handle)
        try:
            opened = await self._opening(path, handle, offset)
            progress = self._progress.pop(handle, None)
            if progress is None or progress.offset != offset:
                progress = Progress(offset, hashlib.sha256() if offset == 0 else None)
            writer = FileWriter(opened, progress, self._threads, self._buffers)
            try:
                yield writer
            finally:
                if (reached := await writer.close()) is not None:
                    self._progress[handle] = reached
        finally:
            self._busy.discard(handle)

    async def _opening(self, path: Path, handle: str, offset: int) -> Callable[[], int]:
        if handle in self._unmade and offset == 0:
            self._unmade.discard(handle)
            return partial(_make, path)
        descriptor = await asyncio.to_thread(_open_at, path, handle, offset)
        return lambda: descriptor

    def check_size(self, handle: str, size_bytes: int) -> None:
        """Make the staged bytes durable. Raises BlobMismatch unless there are so many; FileNotFoundError."""
        progress = self._progress.get(handle)
        descriptor = os.open(self.path(handle), os.O_RDWR)
        try:
            staged_bytes = os.fstat(descriptor).st_size
            if progress is None or progress.offset != staged_bytes:  # or else its writer has synced all of it
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if staged_bytes != size_bytes:
            raise BlobMismatch(f"{staged_bytes} bytes are staged, not {size_bytes}")

    def check_hash(self, handle: str, sha256: bytes) -> None:
        """Raises BlobMismatch if this process hashed other bytes than those; it never reads them again."""
        progress = self._progress.get(handle)
        if progress is not None and progress.hash is not None and progress.hash.digest() != sha256:
            raise BlobMismatch("the staged bytes have another SHA-256")

    def stats(self) -> list[StagedStat]:
        """Every staged write."""
        with translated("listing"), os.scandir(self.folder) as entries:
            return [stat for entry in entries if (stat := _stat(entry)) is not None]

    def remove(self, handle: str) -> None:
        """Take it away; not synced, for one that comes back after a power cut is an upload that expired."""
        with translated("deleting"):
            self.path(handle).unlink(missing_ok=True)

    def temporary(self, data: bytes) -> Path:
        """A durable file with these bytes, for a put; a crash leaves it as a staged write that nobody knows."""
        path = self.folder / self._ids.new()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        except OSError:
            path.unlink()
            raise
        finally:
            os.close(descriptor)
        return path

    def _create(self, handle: str) -> None:
        with translated("staging"):
            os.close(os.open(self.folder / handle, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
            sync_folder(self.folder)


def _make(path: Path) -> int:
    """Its name need not be durable: what comes of it is synced where it is promoted to."""
    try:
        with translated("staging"):
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except (FileNotFoundError, FileExistsError) as error:
        raise BlobStoreUnavailable("the folder of staged writes cannot be used") from error


def _open_at(path: Path, handle: str, offset: int) -> int:
    """Raises StagedNotFound; OffsetMismatch; StagedBusy."""
    try:
        with translated("opening"):
            descriptor = os.open(path, os.O_WRONLY)
    except FileNotFoundError as error:
        raise StagedNotFound(handle) from error
    staged_bytes = os.lseek(descriptor, 0, os.SEEK_END)
    promoted = os.fstat(descriptor).st_nlink > 1  # the same file as the blob: what came now would be written into it
    if promoted or staged_bytes != offset:
        os.close(descriptor)
        raise StagedBusy(handle) if promoted else OffsetMismatch(offset=offset, staged_bytes=staged_bytes)
    return descriptor


def _stat(entry: os.DirEntry[str]) -> StagedStat | None:
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # promoted meanwhile
        return None
    return StagedStat(entry.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))
