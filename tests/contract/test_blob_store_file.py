"""The folder of blobs: the suite, and what only a folder has."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.blob_store import DATA, KEY, SHA256, BlobStoreSuite, staged

from tintype.blobs.connect import Store, connect
from tintype.blobs.file_paths import STAGING
from tintype.blobs.ports import BlobStore, BlobStoreUnavailable, StagedNotFound
from tintype.kit.urls import InvalidUrl, Url


class TestFileBlobStore(BlobStoreSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[BlobStore]:
        return connect(Url(f"file://{home}/blobs"), Store.ORIGINALS)


@pytest.fixture
def small_files() -> Iterator[None]:
    """Writing beyond a megabyte fails as a full disk does, by an error of the system call."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[BlobStore]:
    async with connect(Url(f"file://{home}/blobs"), Store.DERIVED) as blobs:
        yield blobs


async def written(blobs: BlobStore, handle: str, *, chunks: int, size_bytes: int) -> None:
    chunk = bytes(size_bytes)
    async with blobs.writer(handle, offset=0) as writer:
        for _ in range(chunks):
            await writer.write(chunk)
        await writer.flush()


async def test_folders_and_files_are_private(tmp_path: Path) -> None:
    async with opened(tmp_path) as blobs:
        await blobs.put(KEY, DATA)
        await staged(blobs)
    found = [path for path in (tmp_path / "blobs").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o600}


async def test_a_put_that_fails_leaves_nothing(tmp_path: Path, small_files: None) -> None:
    async with opened(tmp_path) as blobs:
        with pytest.raises(BlobStoreUnavailable):
            await blobs.put(KEY, DATA)
        assert [each async for each in blobs.list()] == []
        assert [each async for each in blobs.list_staged()] == []


async def test_a_stream_that_fails_says_so_and_keeps_what_the_disk_took(tmp_path: Path, small_files: None) -> None:
    async with opened(tmp_path) as blobs:
        handle = await blobs.stage()
        with pytest.raises(BlobStoreUnavailable):
            await written(blobs, handle, chunks=20, size_bytes=300_000)
        assert await blobs.staged_size(handle) == 1 << 20
        assert await blobs.hash_staged(handle) == hashlib.sha256(bytes(1 << 20)).digest()


async def test_a_stream_into_a_file_that_fails_does_not_hang(tmp_path: Path, small_files: None) -> None:
    async with opened(tmp_path) as blobs:
        handle = await blobs.stage()
        with pytest.raises(BlobStoreUnavailable):
            await asyncio.wait_for(written(blobs, handle, chunks=1_000_000, size_bytes=4 << 20), 10)


async def test_a_stream_whose_file_cannot_be_made_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as blobs:
        handle = await blobs.stage(lasting=False)
        (tmp_path / "blobs" / Store.DERIVED / STAGING).rmdir()
        with pytest.raises(BlobStoreUnavailable):
            await asyncio.wait_for(written(blobs, handle, chunks=3, size_bytes=1000), 10)


async def test_deleting_an_owner_leaves_no_folder(tmp_path: Path) -> None:
    async with opened(tmp_path) as blobs:
        await blobs.put(KEY, DATA)
        await blobs.delete_prefix("ann/")
        assert not (tmp_path / "blobs" / Store.DERIVED / "ann").exists()


async def test_storing_survives_deletions_beside_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as blobs, asyncio.TaskGroup() as tasks:
        for _ in range(40):
            tasks.create_task(blobs.put(KEY, b"x"))
            tasks.create_task(blobs.delete_prefix("ann/"))


async def test_a_crash_between_link_and_unlink_is_absorbed(tmp_path: Path) -> None:
    async with opened(tmp_path) as blobs:
        handle = await staged(blobs)
        folder = tmp_path / "blobs" / Store.DERIVED
        (folder / "kept").hardlink_to(folder / ".staging" / handle)
        await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))
        (folder / "kept").rename(folder / ".staging" / handle)
        await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))
        await blobs.discard(handle)
        assert await blobs.load(KEY) == DATA


async def test_a_handle_cannot_name_a_file_elsewhere(tmp_path: Path) -> None:
    async with opened(tmp_path) as blobs:
        with pytest.raises(StagedNotFound):
            await blobs.staged_size(f"../{KEY}")


async def test_another_scheme_is_refused() -> None:
    with pytest.raises(InvalidUrl):
        async with connect(Url("ftp://host/blobs"), Store.ORIGINALS):
            pass
