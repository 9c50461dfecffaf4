"""Blobs in a folder of this machine."""

from __future__ import annotations

import asyncio
import builtins
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tintype.blobs import file_paths
from tintype.blobs.file_paths import make_folder, path_of, sync_folder, translated
from tintype.blobs.file_staging import FileStaging
from tintype.blobs.ports import (
    CHUNK_BYTES,
    BlobNotFound,
    BlobStat,
    BlobStoreUnavailable,
    BlobWriter,
    PutOutcome,
    StagedNotFound,
    StagedStat,
    checked_prefix,
)
from tintype.kit.errors import NotFound, OutOfRange


class FileBlobStore:
    """BlobStore in a folder: a file for each blob, linked into place when it is whole and synced.

    A file keeps no checksum, so `stat` has none; a staged write is hashed while it is written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = FileStaging(root)

    @classmethod
    @asynccontextmanager
    async def open(cls, root: Path) -> AsyncIterator[FileBlobStore]:
        """Use this folder; it is made if it is not there."""
        store = cls(root)
        with translated("opening"):
            await asyncio.to_thread(root.mkdir, mode=file_paths.FOLDER_MODE, parents=True, exist_ok=True)
            await asyncio.to_thread(store._staging.prepare)
        try:
            yield store
        finally:
            store._staging.close()

    async def put(self, key: str, data: bytes) -> PutOutcome:
        """See `BlobStore`."""
        return await asyncio.to_thread(self._put, path_of(self._root, key), data, overwrite=False)

    async def overwrite(self, key: str, data: bytes) -> None:
        """See `BlobStore`."""
        await asyncio.to_thread(self._put, path_of(self._root, key), data, overwrite=True)

    async def stat(self, key: str) -> BlobStat:
        """See `BlobStore`."""
        path = path_of(self._root, key)
        try:
            with translated("stat"):
                found = await asyncio.to_thread(path.stat)
        except FileNotFoundError as error:
            raise BlobNotFound(key) from error
        return BlobStat(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    async def probe(self) -> None:
        """See `BlobStore`: the folder may lie on a disk that is gone."""
        if not await asyncio.to_thread(os.access, self._root, os.R_OK | os.W_OK | os.X_OK):
            raise BlobStoreUnavailable("the folder of blobs cannot be reached")

    async def load(self, key: str) -> bytes:
        """See `BlobStore`."""
        path = path_of(self._root, key)
        try:
            with translated("loading"):
                return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError as error:
            raise BlobNotFound(key) from error

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore`."""
        return _chunks(path_of(self._root, key), start, length, BlobNotFound(key))

    async def signed_url(self, key: str, *, lasts: timedelta, media_type: str, disposition: str) -> str | None:
        """See `BlobStore`: nobody reaches a folder."""
        path_of(self._root, key)
        return None

    async def delete(self, key: str) -> None:
        """See `BlobStore`."""
        await asyncio.to_thread(_remove, [path_of(self._root, key)])

    async def delete_prefix(self, prefix: str) -> int:
        """See `BlobStore`."""
        removed = 0
        async for owner_id, folder in self._folders(checked_prefix(prefix), ""):
            names = await asyncio.to_thread(_matching, owner_id, folder, prefix, "")
            removed += await asyncio.to_thread(_remove, [folder / name for _, name in names])
            with suppress(OSError):  # not empty: other blobs, or one that came meanwhile
                await asyncio.to_thread(folder.rmdir)
                await asyncio.to_thread(folder.parent.rmdir)
        return removed

    async def list(self, prefix: str = "", *, after: str = "") -> AsyncIterator[BlobStat]:
        """See `BlobStore`."""
        async for owner_id, folder in self._folders(checked_prefix(prefix), after):
            for stat in await asyncio.to_thread(_stats, owner_id, folder, prefix, after):
                yield stat

    async def count(self, prefix: str = "") -> int:
        """See `BlobStore`."""
        total = 0
        async for owner_id, folder in self._folders(checked_prefix(prefix), ""):
            total += len(await asyncio.to_thread(_matching, owner_id, folder, prefix, ""))
        return total

    async def stage(self, key: str | None = None, *, lasting: bool = True) -> str:
        """See `BlobStore`; a link costs the same wherever it leads, so the key is only checked."""
        if key is not None:
            path_of(self._root, key)
        return await self._staging.stage() if lasting else self._staging.stage_later()

    def writer(self, handle: str, *, offset: int) -> AbstractAsyncContextManager[BlobWriter]:
        """See `BlobStore`."""
        return self._staging.writer(handle, offset=offset)

    async def staged_size(self, handle: str) -> int:
        """See `BlobStore`."""
        path = self._staging.path(handle)
        try:
            with translated("stat"):
                return (await asyncio.to_thread(path.stat)).st_size
        except FileNotFoundError as error:
            raise StagedNotFound(handle) from error

    async def hash_staged(self, handle: str) -> bytes:
        """See `BlobStore`."""
        return await asyncio.to_thread(_hash, self._staging.path(handle), handle)

    def read_staged(self, handle: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore`."""
        return _chunks(self._staging.path(handle), start, length, StagedNotFound(handle))

    async def promote(
        self, handle: str, key: str, *, sha256: bytes, size_bytes: int, overwrite: bool = False, keep: bool = False
    ) -> PutOutcome:
        """See `BlobStore`."""
        path = path_of(self._root, key)
        self._staging.check_idle(handle)
        self._staging.check_hash(handle, sha256)
        outcome = await asyncio.to_thread(self._promote, handle, path, size_bytes, overwrite, keep)
        if outcome is PutOutcome.STORED and not keep:
            self._staging.forget(handle)
        return outcome

    async def discard(self, handle: str) -> None:
        """See `BlobStore`."""
        self._staging.check_idle(handle)
        self._staging.forget(handle)
        with suppress(StagedNotFound):
            await asyncio.to_thread(self._staging.remove, handle)

    async def list_staged(self) -> AsyncIterator[StagedStat]:
        """See `BlobStore`."""
        for stat in await asyncio.to_thread(self._staging.stats):
            yield stat

    async def _folders(self, prefix: str, after: str) -> AsyncIterator[tuple[str, Path]]:
        with translated("listing"):
            found = await asyncio.to_thread(lambda: builtins.list(file_paths.folders(self._root, prefix, after)))
        for each in found:
            yield each

    def _put(self, path: Path, data: bytes, *, overwrite: bool) -> PutOutcome:
        if not overwrite and path.exists():
            return PutOutcome.EXISTED
        with translated("storing"):
            temporary = self._staging.temporary(data)
            try:
                return self._place(temporary, path, overwrite)
            finally:
                temporary.unlink(missing_ok=True)

    def _promote(self, handle: str, path: Path, size_bytes: int, overwrite: bool, keep: bool) -> PutOutcome:
        staged = self._staging.path(handle)
        try:
            with translated("promoting"):
                self._staging.check_size(handle, size_bytes)
                outcome = self._place(staged, path, overwrite)
                if outcome is PutOutcome.STORED and not keep:
                    staged.unlink(missing_ok=True)
                return outcome
        except FileNotFoundError as error:
            if path.exists() and path.stat().st_size == size_bytes:
                return PutOutcome.EXISTED
            raise StagedNotFound(handle) from error

    def _place(self, source: Path, path: Path, overwrite: bool) -> PutOutcome:
        """Give a synced file its name for good. Raises FileNotFoundError if the source is gone."""
        while True:
            try:
                make_folder(path.parent, self._root)
                if overwrite:
                    source.replace(path)
                else:
                    os.link(source, path)
            except FileExistsError:
                return PutOutcome.EXISTED
            except FileNotFoundError:
                if not source.exists():
                    raise
                continue  # a deletion has just taken the empty folder away
            with suppress(FileNotFoundError):  # or this blob with it, right after
                sync_folder(path.parent)
            return PutOutcome.STORED


async def _chunks(path: Path, start: int, length: int | None, missing: NotFound) -> AsyncIterator[bytes]:
    try:
        with translated("reading"):
            descriptor = await asyncio.to_thread(os.open, path, os.O_RDONLY)
    except FileNotFoundError as error:
        raise missing from error
    try:
        end = os.fstat(descriptor).st_size
        if start > end:
            raise OutOfRange(f"there are {end} bytes")
        end = end if length is None else min(end, start + length)
        while start < end:
            with translated("reading"):
                chunk = await asyncio.to_thread(os.pread, descriptor, min(CHUNK_BYTES, end - start), start)
            if not chunk:
                return
            start += len(chunk)
            yield chunk
    finally:
        os.close(descriptor)


def _matching(owner_id: str, folder: Path, prefix: str, after: str) -> list[tuple[str, str]]:
    """Keys and file names of a folder, in order of key."""
    try:
        with translated("listing"):
            keys = [(file_paths.key_of(owner_id, entry.name), entry.name) for entry in folder.iterdir()]
    except FileNotFoundError:
        return []
    return sorted(each for each in keys if each[0].startswith(prefix) and each[0] > after)


def _stats(owner_id: str, folder: Path, prefix: str, after: str) -> list[BlobStat]:
    return builtins.list(_each_stat(folder, _matching(owner_id, folder, prefix, after)))


def _each_stat(folder: Path, names: list[tuple[str, str]]) -> Iterator[BlobStat]:
    for key, name in names:
        with suppress(FileNotFoundError), translated("stat"):
            found = (folder / name).stat()
            yield BlobStat(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _remove(paths: list[Path]) -> int:
    """Returns how many of these were there; they lie in one folder."""
    removed = 0
    with translated("deleting"):
        for path in paths:
            with suppress(FileNotFoundError):
                path.unlink()
                removed += 1
        if removed:
            with suppress(FileNotFoundError):  # another deletion took the empty folder away
                sync_folder(paths[0].parent)
    return removed


def _hash(path: Path, handle: str) -> bytes:
    try:
        with translated("hashing"), path.open("rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError as error:
        raise StagedNotFound(handle) from error
