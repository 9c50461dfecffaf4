"""What every BlobStore must do."""

from __future__ import annotations

import asyncio
import hashlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Final

import pytest

from tintype.blobs.ports import (
    LONGEST_URL,
    BlobMismatch,
    BlobNotFound,
    BlobStore,
    InvalidBlobKey,
    OffsetMismatch,
    PutOutcome,
    StagedBusy,
    StagedNotFound,
    original_key,
)
from tintype.kit.errors import OutOfRange

DATA: Final = bytes(range(256)) * 10_000  # more than one chunk
SHA256: Final = hashlib.sha256(DATA).digest()
KEY: Final = original_key(owner_id="ann", sha256=SHA256)


def key(owner_id: str, number: int, variant: str = "") -> str:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return f"{owner_id}/{digest}/{variant}" if variant else f"{owner_id}/{digest}"


async def joined(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def keys(blobs: BlobStore, prefix: str = "", after: str = "") -> list[str]:
    return [stat.key async for stat in blobs.list(prefix, after=after)]


async def staged(blobs: BlobStore, data: bytes = DATA) -> str:
    handle = await blobs.stage()
    async with blobs.writer(handle, offset=0) as writer:
        await writer.write(data)
        await writer.finish()
    return handle


class BlobStoreSuite(ABC):
    """A subclass connects an adapter to a home; connecting twice to one home is two processes."""

    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[BlobStore]: ...

    @pytest.fixture
    async def blobs(self, tmp_path: Path) -> AsyncIterator[BlobStore]:
        async with self.connect(tmp_path) as opened:
            yield opened

    async def test_what_was_put_is_there_and_stays(self, blobs: BlobStore) -> None:
        assert await blobs.put(KEY, DATA) is PutOutcome.STORED
        assert await blobs.put(KEY, b"other") is PutOutcome.EXISTED
        assert await blobs.load(KEY) == DATA
        stat = await blobs.stat(KEY)
        assert (stat.key, stat.size_bytes) == (KEY, len(DATA))
        assert stat.sha256 in (None, SHA256)

    async def test_a_store_that_clients_do_not_reach_gives_nobody_a_url(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, DATA)
        assert await blobs.signed_url(KEY, lasts=LONGEST_URL, media_type="image/png", disposition="inline") is None
        with pytest.raises(InvalidBlobKey):
            await blobs.signed_url("../ann", lasts=LONGEST_URL, media_type="image/png", disposition="inline")

    async def test_a_store_that_is_there_says_so(self, blobs: BlobStore) -> None:
        await blobs.probe()

    async def test_of_two_puts_at_once_one_stores(self, blobs: BlobStore) -> None:
        outcomes = await asyncio.gather(*(blobs.put(KEY, bytes([number])) for number in range(8)))
        assert outcomes.count(PutOutcome.STORED) == 1
        assert await blobs.load(KEY) == bytes([outcomes.index(PutOutcome.STORED)])

    async def test_overwriting_replaces_what_is_there_or_not(self, blobs: BlobStore) -> None:
        await blobs.overwrite(KEY, b"old")
        await blobs.overwrite(KEY, b"new one")
        assert await blobs.load(KEY) == b"new one"

    async def test_an_empty_blob_is_a_blob(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, b"")
        assert await blobs.load(KEY) == b""
        assert await joined(blobs.read(KEY)) == b""

    async def test_what_is_not_there_is_not_found(self, blobs: BlobStore) -> None:
        with pytest.raises(BlobNotFound):
            await blobs.stat(KEY)
        with pytest.raises(BlobNotFound):
            await blobs.load(KEY)
        with pytest.raises(BlobNotFound):
            await joined(blobs.read(KEY))

    @pytest.mark.parametrize(
        ("start", "length"), [(0, None), (5, 10), (0, 0), (len(DATA) - 3, 100), (len(DATA), None), (1, 1 << 20)]
    )
    async def test_a_range_is_read(self, blobs: BlobStore, start: int, length: int | None) -> None:
        await blobs.put(KEY, DATA)
        end = len(DATA) if length is None else start + length
        assert await joined(blobs.read(KEY, start=start, length=length)) == DATA[start:end]

    async def test_a_range_behind_the_end_is_refused(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, DATA)
        with pytest.raises(OutOfRange):
            await joined(blobs.read(KEY, start=len(DATA) + 1))

    async def test_deleting_twice_is_deleting_once(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, DATA)
        await blobs.delete(KEY)
        await blobs.delete(KEY)
        with pytest.raises(BlobNotFound):
            await blobs.stat(KEY)
        assert await blobs.put(KEY, b"again") is PutOutcome.STORED

    async def test_a_prefix_is_deleted_and_its_neighbours_are_not(self, blobs: BlobStore) -> None:
        for owner_id in ("ann", "ann-2"):
            for number in range(5):
                await blobs.put(key(owner_id, number, "a.webp"), b"x")
                await blobs.put(key(owner_id, number, "b.webp"), b"x")
        assert await blobs.delete_prefix(key("ann", 1) + "/") == 2
        assert await blobs.delete_prefix("ann/") == 8
        assert await blobs.delete_prefix("ann/") == 0
        assert (await blobs.count("ann/"), await blobs.count()) == (0, 10)

    async def test_listing_is_in_order_of_keys_and_goes_on_behind_one(self, blobs: BlobStore) -> None:
        stored = [key(owner_id, number, "v.webp") for owner_id in ("b", "a", "a-b", "a0") for number in range(30)]
        for each in stored:
            await blobs.put(each, b"x")
        assert await keys(blobs) == sorted(stored)
        assert await keys(blobs, "a/") == sorted(each for each in stored if each.startswith("a/"))
        for at in (0, 29, 30, 77, 119):
            assert await keys(blobs, after=sorted(stored)[at]) == sorted(stored)[at + 1 :]
        assert await blobs.count("a-b/") == 30

    @pytest.mark.parametrize(
        "bad",
        [
            *("", "ann", "/" + KEY, KEY.upper(), KEY + "/", KEY + "\n", KEY + "/../x", KEY + "/.x"),
            *("../ann/" + "0" * 64, "ann/" + "0" * 63, "a/b/" + "0" * 64, "ann/../" + "0" * 64),
        ],
    )
    async def test_a_malformed_key_reaches_nothing(self, blobs: BlobStore, bad: str) -> None:
        with pytest.raises(InvalidBlobKey):
            await blobs.put(bad, b"x")
        with pytest.raises(InvalidBlobKey):
            await blobs.stat(bad)
        with pytest.raises(InvalidBlobKey):
            await blobs.delete(bad)

    async def test_a_malformed_prefix_deletes_nothing(self, blobs: BlobStore) -> None:
        for bad in ("ann", "..", "../", "/", "ann/0", "ann//"):
            with pytest.raises(InvalidBlobKey):
                await blobs.delete_prefix(bad)

    async def test_staged_bytes_are_hashed_while_they_are_written_and_promoted(self, blobs: BlobStore) -> None:
        handle = await blobs.stage(KEY)
        async with blobs.writer(handle, offset=0) as writer:
            for begin in range(0, len(DATA), 100_000):
                await writer.write(DATA[begin : begin + 100_000])
            flushed = await writer.finish()
        assert (flushed.offset, flushed.sha256) == (len(DATA), SHA256)
        assert await joined(blobs.read_staged(handle, start=1, length=3)) == DATA[1:4]
        outcome = await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))
        assert outcome is PutOutcome.STORED
        assert await blobs.load(KEY) == DATA
        assert [each async for each in blobs.list_staged()] == []
        with pytest.raises(StagedNotFound):
            await blobs.staged_size(handle)

    async def test_a_stream_goes_on_in_another_process(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as blobs:
            handle = await blobs.stage(KEY)
            with suppress(EOFError):
                async with blobs.writer(handle, offset=0) as writer:
                    await writer.write(DATA[: len(DATA) // 2])
                    raise EOFError
        async with self.connect(tmp_path) as blobs:
            offset = await blobs.staged_size(handle)
            async with blobs.writer(handle, offset=offset) as writer:
                await writer.write(DATA[offset:])
                flushed = await writer.finish()
            assert flushed.offset == len(DATA)
            assert flushed.sha256 in (None, SHA256)
            assert await blobs.hash_staged(handle) == SHA256
            await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))
            assert await blobs.load(KEY) == DATA

    async def test_a_stream_that_goes_on_in_its_process_keeps_its_hash(self, blobs: BlobStore) -> None:
        handle = await blobs.stage()
        half = len(DATA) // 2
        async with blobs.writer(handle, offset=0) as writer:
            await writer.write(DATA[:half])
            assert (await writer.finish()).offset == half
        async with blobs.writer(handle, offset=half) as writer:
            await writer.write(DATA[half:])
            assert (await writer.finish()).sha256 == SHA256

    async def test_a_writer_must_go_on_where_the_bytes_end(self, blobs: BlobStore) -> None:
        handle = await staged(blobs)
        with pytest.raises(OffsetMismatch) as mismatch:
            async with blobs.writer(handle, offset=1):
                pass
        assert mismatch.value.staged_bytes == await blobs.staged_size(handle) == len(DATA)

    async def test_one_that_need_not_last_is_promoted_like_others(self, blobs: BlobStore) -> None:
        handle = await blobs.stage(KEY, lasting=False)
        async with blobs.writer(handle, offset=0) as writer:
            await writer.write(DATA)
            assert (await writer.finish()).sha256 == SHA256
        assert await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA)) is PutOutcome.STORED
        assert await blobs.load(KEY) == DATA

    async def test_one_that_was_never_written_can_be_discarded(self, blobs: BlobStore) -> None:
        handle = await blobs.stage(KEY, lasting=False)
        await blobs.discard(handle)
        assert [each async for each in blobs.list_staged()] == []
        with pytest.raises(StagedNotFound):
            async with blobs.writer(handle, offset=0):
                pass

    async def test_a_staged_write_has_one_writer(self, blobs: BlobStore) -> None:
        handle = await blobs.stage()
        async with blobs.writer(handle, offset=0):
            with pytest.raises(StagedBusy):
                async with blobs.writer(handle, offset=0):
                    pass
            with pytest.raises(StagedBusy):
                await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=0)
            with pytest.raises(StagedBusy):
                await blobs.discard(handle)

    async def test_promoting_where_something_lies_leaves_both(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, b"bad")
        handle = await staged(blobs)
        outcome = await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))
        assert outcome is PutOutcome.EXISTED
        assert await blobs.load(KEY) == b"bad"
        again = await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA), overwrite=True)
        assert again is PutOutcome.STORED
        assert await blobs.load(KEY) == DATA

    async def test_promoting_again_meets_what_the_first_time_stored(self, blobs: BlobStore) -> None:
        handle = await staged(blobs)
        await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))
        outcome = await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))
        assert outcome is PutOutcome.EXISTED

    async def test_what_is_kept_is_promoted_again_and_never_written(self, blobs: BlobStore) -> None:
        handle = await staged(blobs)
        size = len(DATA)
        assert await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=size, keep=True) is PutOutcome.STORED
        with pytest.raises(StagedBusy):
            async with blobs.writer(handle, offset=size):
                pass
        await blobs.delete(KEY)
        assert await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=size, keep=True) is PutOutcome.STORED
        await blobs.discard(handle)
        assert await blobs.load(KEY) == DATA

    async def test_of_two_promoted_to_one_key_one_is_stored(self, blobs: BlobStore) -> None:
        handles = [await staged(blobs) for _ in range(3)]
        outcomes = await asyncio.gather(
            *(blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA)) for handle in handles)
        )
        assert outcomes.count(PutOutcome.STORED) == 1

    async def test_other_bytes_than_declared_are_not_promoted(self, blobs: BlobStore) -> None:
        handle = await staged(blobs)
        with pytest.raises(BlobMismatch):
            await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA) + 1)
        with pytest.raises(BlobMismatch):
            await blobs.promote(handle, KEY, sha256=bytes(32), size_bytes=len(DATA))
        with pytest.raises(BlobNotFound):
            await blobs.stat(KEY)

    async def test_what_is_discarded_is_gone(self, blobs: BlobStore) -> None:
        handle = await staged(blobs)
        assert [(each.handle, each.size_bytes) async for each in blobs.list_staged()] == [(handle, len(DATA))]
        await blobs.discard(handle)
        await blobs.discard(handle)
        with pytest.raises(StagedNotFound):
            async with blobs.writer(handle, offset=0):
                pass
        with pytest.raises(StagedNotFound):
            await blobs.promote(handle, KEY, sha256=SHA256, size_bytes=len(DATA))

    @pytest.mark.parametrize("handle", ["", "../x", "0" * 32, "a/b"])
    async def test_an_unknown_handle_is_not_found(self, blobs: BlobStore, handle: str) -> None:
        with pytest.raises(StagedNotFound):
            await blobs.staged_size(handle)
        with pytest.raises(StagedNotFound):
            await blobs.hash_staged(handle)
        with pytest.raises(StagedNotFound):
            await joined(blobs.read_staged(handle))
