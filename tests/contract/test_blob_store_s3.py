"""S3: the suite on two servers, and what only an S3 store has."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
from tests.contract.blob_store import DATA, KEY, BlobStoreSuite, joined, key
from tests.s3_buckets import client, removed, unfinished
from tests.servers import Servers

from tintype.blobs.connect import Store, connect
from tintype.blobs.ports import (
    LONGEST_URL,
    BlobMismatch,
    BlobNotFound,
    BlobStore,
    BlobStoreUnavailable,
    PutOutcome,
    StagedNotFound,
    original_key,
)
from tintype.blobs.s3_open import BucketMissing, EncryptionNotConfirmed
from tintype.blobs.s3_writer import PART_BYTES
from tintype.kit.servers import CredentialsRefused
from tintype.kit.urls import InvalidUrl, Url

pytestmark = pytest.mark.servers

BIG: Final = bytes(range(256)) * (2 * PART_BYTES // 256) + b"a tail that is no part"
BIG_SHA256: Final = hashlib.sha256(BIG).digest()
BIG_KEY: Final = original_key(owner_id="ann", sha256=BIG_SHA256)
CHUNK: Final = 1 << 20


async def write(blobs: BlobStore, handle: str, *, start: int = 0, end: int = len(BIG), data: bytes = BIG) -> None:
    async with blobs.writer(handle, offset=start) as writer:
        for begin in range(start, end, CHUNK):
            await writer.write(data[begin : min(begin + CHUNK, end)])
        await writer.flush()


async def promoted(blobs: BlobStore, handle: str, *, keep: bool = False, overwrite: bool = False) -> PutOutcome:
    return await blobs.promote(handle, BIG_KEY, sha256=BIG_SHA256, size_bytes=len(BIG), keep=keep, overwrite=overwrite)


async def staged_keys(url: Url) -> list[str]:
    """What lies in the bucket beside blobs."""
    found = await asyncio.to_thread(lambda: list(client(url).list_objects(f"{url.path[1:]}-originals", ".staging/")))
    return [each.object_name or "" for each in found]


async def fetched(url: str, *, method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
    """What somebody without any credential is answered."""
    return await asyncio.to_thread(lambda: urllib3.request(method, url, headers=headers, retries=False))


class S3Suite(BlobStoreSuite):
    """One namespace is one home."""

    server = ""

    @pytest.fixture(autouse=True)
    async def buckets(self, servers: Servers, namespace: str) -> AsyncIterator[None]:
        self.url = Url(servers.url(self.server, namespace))
        yield
        await removed(self.url)

    def connect(self, home: Path) -> AbstractAsyncContextManager[BlobStore]:
        return connect(self.url, Store.ORIGINALS)

    @pytest.mark.parametrize("declared", [BIG_KEY, None])
    @pytest.mark.parametrize("lasting", [True, False])
    async def test_a_big_file_goes_in_parts(self, blobs: BlobStore, declared: str | None, lasting: bool) -> None:
        handle = await blobs.stage(declared, lasting=lasting)
        await write(blobs, handle)
        with pytest.raises(BlobNotFound):
            await blobs.stat(BIG_KEY)
        assert await promoted(blobs, handle) is PutOutcome.STORED
        assert await blobs.load(BIG_KEY) == BIG
        assert (await blobs.stat(BIG_KEY)).size_bytes == len(BIG)
        assert await promoted(blobs, handle) is PutOutcome.EXISTED
        assert (await staged_keys(self.url), await unfinished(self.url, BIG_KEY)) == ([], 0)

    @pytest.mark.parametrize("declared", [BIG_KEY, None])
    @pytest.mark.parametrize("reached", [PART_BYTES, PART_BYTES + 5, 2 * PART_BYTES + 1, len(BIG)])
    async def test_a_big_file_goes_on_in_another_process(
        self, tmp_path: Path, declared: str | None, reached: int
    ) -> None:
        async with self.connect(tmp_path) as blobs:
            handle = await blobs.stage(declared)
            await write(blobs, handle, end=reached)
        async with self.connect(tmp_path) as blobs:
            assert await blobs.staged_size(handle) == reached
            await write(blobs, handle, start=reached)
            assert await blobs.hash_staged(handle) == BIG_SHA256
            assert await joined(blobs.read_staged(handle, start=3, length=70)) == BIG[3:73]
            assert await promoted(blobs, handle, keep=True) is PutOutcome.STORED
            assert await blobs.load(BIG_KEY) == BIG
            await blobs.discard(handle)
            assert (await staged_keys(self.url), await unfinished(self.url, BIG_KEY)) == ([], 0)
            assert (await blobs.stat(BIG_KEY)).size_bytes == len(BIG)

    async def test_one_process_goes_on_with_what_another_took_over(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as first, self.connect(tmp_path) as second:
            handle = await first.stage(BIG_KEY)
            await write(first, handle, end=100)
            await write(second, handle, start=100, end=PART_BYTES + 100)
            await write(first, handle, start=PART_BYTES + 100)
            assert await first.hash_staged(handle) == BIG_SHA256
            assert await promoted(first, handle) is PutOutcome.STORED
            assert await first.load(BIG_KEY) == BIG

    async def test_the_first_bytes_of_a_big_file_are_read_before_it_is_a_blob(self, blobs: BlobStore) -> None:
        handle = await blobs.stage(BIG_KEY)
        await write(blobs, handle)
        assert await joined(blobs.read_staged(handle, length=64 * 1024)) == BIG[: 64 * 1024]
        with pytest.raises(BlobNotFound):
            await blobs.stat(BIG_KEY)

    async def test_a_big_file_meets_the_blob_that_is_there(self, blobs: BlobStore) -> None:
        await blobs.put(BIG_KEY, b"first")
        for declared in (BIG_KEY, None):
            handle = await blobs.stage(declared)
            await write(blobs, handle)
            assert await promoted(blobs, handle) is PutOutcome.EXISTED
            assert await blobs.load(BIG_KEY) == b"first"
            await blobs.discard(handle)
        assert (await staged_keys(self.url), await unfinished(self.url, BIG_KEY)) == ([], 0)

    @pytest.mark.parametrize("declared", [BIG_KEY, None])
    async def test_a_big_file_replaces_a_bad_blob(self, blobs: BlobStore, declared: str | None) -> None:
        await blobs.put(BIG_KEY, b"bad")
        handle = await blobs.stage(declared)
        await write(blobs, handle)
        outcome = await blobs.promote(handle, BIG_KEY, sha256=BIG_SHA256, size_bytes=len(BIG), overwrite=True)
        assert outcome is PutOutcome.STORED
        assert await blobs.load(BIG_KEY) == BIG

    async def test_a_bad_blob_gives_way_to_parts_that_have_to_be_read_back(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as blobs:
            await blobs.put(BIG_KEY, b"bad")
            handle = await blobs.stage(BIG_KEY)
            await write(blobs, handle, end=PART_BYTES + 1)
        async with self.connect(tmp_path) as blobs:
            await write(blobs, handle, start=PART_BYTES + 1)
            assert await blobs.hash_staged(handle) == BIG_SHA256
            assert await blobs.load(BIG_KEY) == b"bad"
            assert await promoted(blobs, handle, keep=True) is PutOutcome.EXISTED
            assert await promoted(blobs, handle, overwrite=True) is PutOutcome.STORED
            assert await blobs.load(BIG_KEY) == BIG
        assert (await staged_keys(self.url), await unfinished(self.url, BIG_KEY)) == ([], 0)

    async def test_parts_that_nobody_hashed_never_replace_a_blob(self, tmp_path: Path) -> None:
        """Neither while they are read back nor when they are promoted; whoever sends again is not stopped by it."""
        for read_back in (True, False):
            async with self.connect(tmp_path) as blobs:
                handle = await blobs.stage(BIG_KEY)
                await write(blobs, handle, end=PART_BYTES + 1)
            async with self.connect(tmp_path) as blobs:
                await write(blobs, handle, start=PART_BYTES + 1, data=b"x" * len(BIG))
                await blobs.put(BIG_KEY, b"came meanwhile")
                with pytest.raises(BlobStoreUnavailable):
                    await (blobs.hash_staged(handle) if read_back else promoted(blobs, handle, overwrite=True))
                assert await blobs.load(BIG_KEY) == b"came meanwhile"
                with pytest.raises(StagedNotFound):
                    await blobs.staged_size(handle)
                again = await blobs.stage(BIG_KEY)
                await write(blobs, again)
                assert await promoted(blobs, again, overwrite=True) is PutOutcome.STORED
                assert await blobs.load(BIG_KEY) == BIG
                await blobs.delete(BIG_KEY)
            assert (await staged_keys(self.url), await unfinished(self.url, BIG_KEY)) == ([], 0)

    async def test_other_bytes_never_replace_a_blob_from_elsewhere(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as blobs:
            await blobs.put(BIG_KEY, b"bad")
            handle = await blobs.stage(BIG_KEY)
            await write(blobs, handle, end=PART_BYTES + 1)
        async with self.connect(tmp_path) as blobs:
            await write(blobs, handle, start=PART_BYTES + 1, data=b"x" * len(BIG))
            with pytest.raises(BlobMismatch):
                await promoted(blobs, handle, overwrite=True)
            assert await blobs.load(BIG_KEY) == b"bad"

    async def test_other_bytes_than_declared_are_told_by_their_hash(self, tmp_path: Path) -> None:
        other = b"x" + BIG[1:]
        async with self.connect(tmp_path) as blobs:
            handle = await blobs.stage(BIG_KEY)
            await write(blobs, handle, end=PART_BYTES + 1, data=other)
        async with self.connect(tmp_path) as blobs:
            await write(blobs, handle, start=PART_BYTES + 1, data=other)
            assert await blobs.hash_staged(handle) == hashlib.sha256(other).digest()

    async def test_a_big_blob_that_was_deleted_has_to_be_sent_again(self, blobs: BlobStore) -> None:
        handle = await blobs.stage(BIG_KEY)
        await write(blobs, handle)
        await promoted(blobs, handle, keep=True)
        await blobs.delete(BIG_KEY)
        with pytest.raises((BlobStoreUnavailable, StagedNotFound)):
            await promoted(blobs, handle, keep=True)
        await blobs.discard(handle)
        assert await staged_keys(self.url) == []

    async def test_a_discarded_big_file_leaves_no_parts(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path) as blobs:
            handle = await blobs.stage(BIG_KEY)
            await write(blobs, handle)
            assert await unfinished(self.url, BIG_KEY) == 1
        async with self.connect(tmp_path) as blobs:
            assert [(each.handle, each.size_bytes) async for each in blobs.list_staged()] == [(handle, len(BIG))]
            await blobs.discard(handle)
            await blobs.discard(handle)
            assert (await staged_keys(self.url), await unfinished(self.url, BIG_KEY)) == ([], 0)

    async def test_what_nobody_can_go_on_with_is_listed_and_discarded(self, blobs: BlobStore) -> None:
        handle, late = await blobs.stage(BIG_KEY), "f" * 32
        await write(blobs, handle)
        assert await promoted(blobs, handle, keep=True) is PutOutcome.STORED
        await blobs.delete(BIG_KEY)  # its owner is erased
        tail = (f"{self.url.path[1:]}-originals", f".staging/{late}.tail-0", BytesIO(b"late"), 4)
        await asyncio.to_thread(lambda: client(self.url).put_object(*tail))  # by a process that had it open
        async with self.connect(Path()) as other:
            assert {each.handle async for each in other.list_staged()} == {handle, late}
            for each in (handle, late):
                await other.discard(each)
            assert (await staged_keys(self.url), [each async for each in other.list_staged()]) == ([], [])

    async def test_a_small_file_that_need_not_last_is_one_put(self, blobs: BlobStore) -> None:
        handle = await blobs.stage(KEY, lasting=False)
        async with blobs.writer(handle, offset=0) as writer:
            await writer.write(DATA)
            await writer.finish()
        assert await staged_keys(self.url) == []

    async def test_a_put_is_checked_by_the_server(self, blobs: BlobStore) -> None:
        """Bytes that a machine got wrong between hashing and sending."""
        handle = await blobs.stage(KEY)
        async with blobs.writer(handle, offset=0) as writer:
            await writer.write(DATA)
            await writer.finish()
        async with connect(self.url, Store.ORIGINALS) as another:
            with pytest.raises(BlobMismatch):
                await another.promote(handle, KEY, sha256=bytes(32), size_bytes=len(DATA))
        with pytest.raises(BlobNotFound):
            await blobs.stat(KEY)

    async def test_the_whole_checksum_of_one_put_is_told(self, blobs: BlobStore) -> None:
        await blobs.put(KEY, DATA)
        assert (await blobs.stat(KEY)).sha256 == hashlib.sha256(DATA).digest()

    async def test_more_than_a_page_is_listed_and_deleted(self, blobs: BlobStore) -> None:
        names = [key("ann", number, "v.jpg") for number in range(1010)]
        for begin in range(0, len(names), 20):
            await asyncio.gather(*(blobs.put(each, b"x") for each in names[begin : begin + 20]))
        assert await blobs.count("ann/") == 1010
        assert await blobs.delete_prefix("ann/") == 1010
        assert await blobs.count() == 0

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[BlobStore]:
        """The same store, by a URL that says where clients reach it."""
        async with connect(Url(f"{self.url.secret}?public=http://{self.url.host}/"), Store.ORIGINALS) as opened:
            yield opened

    async def test_a_signed_url_shows_one_blob_as_it_was_told(self) -> None:
        said = "attachment; filename=\"b_.jpg\"; filename*=UTF-8''b%C3%A9.jpg"
        async with self.reached() as blobs:
            await blobs.put(KEY, DATA)
            url = await blobs.signed_url(KEY, lasts=timedelta(minutes=1), media_type="image/jpeg", disposition=said)
        assert url is not None
        answer = await fetched(url)
        assert (answer.status, answer.data) == (200, DATA)
        assert (answer.headers["content-type"], answer.headers["content-disposition"]) == ("image/jpeg", said)
        part = await fetched(url, Range="bytes=100-199")
        assert (part.status, part.data) == (206, DATA[100:200])
        changed = (("/ann/", "/bob/"), ("attachment", "inline"), ("image%2Fjpeg", "text%2Fhtml"), ("=60&", "=600&"))
        for old, new in changed:
            assert old in url
            assert (await fetched(url.replace(old, new))).status == 403
        assert (await fetched(url, method="DELETE")).status == 403

    async def test_a_signed_url_ends_soon(self) -> None:
        async with self.reached() as blobs:
            await blobs.put(KEY, DATA)
            longest = await blobs.signed_url(
                KEY, lasts=timedelta(days=1), media_type="image/jpeg", disposition="inline"
            )
            short = await blobs.signed_url(
                KEY, lasts=timedelta(seconds=1), media_type="image/jpeg", disposition="inline"
            )
        assert longest is not None
        assert short is not None
        assert parse_qs(urlsplit(longest).query)["X-Amz-Expires"] == ["300"]
        await asyncio.sleep(2.1)  # the server counts whole seconds
        assert (await fetched(short)).status == 403
        assert (await fetched(longest)).status == 200

    async def test_a_signed_url_leads_to_where_clients_reach_the_store(self) -> None:
        async with connect(Url(f"{self.url.secret}?public=https://s3.example.org"), Store.ORIGINALS) as blobs:
            url = await blobs.signed_url(KEY, lasts=LONGEST_URL, media_type="image/jpeg", disposition="inline")
        assert url is not None
        assert url.startswith(f"https://s3.example.org/{self.url.path[1:]}-originals/{KEY}?")

    async def test_of_a_bucket_that_is_gone_nothing_is_said_to_be_absent(self, tmp_path: Path) -> None:
        """Photos would be marked as lost, for a bucket that somebody named wrongly."""
        async with self.connect(tmp_path) as blobs:
            handle = await blobs.stage(KEY)
            await removed(self.url)
            asked: list[Awaitable[object]] = [blobs.stat(KEY), blobs.load(KEY), joined(blobs.read(KEY)), blobs.probe()]
            asked += [joined(blobs.read(KEY, length=0)), blobs.staged_size(handle), blobs.put(KEY, DATA)]
            for each in (*asked, blobs.stage(BIG_KEY), promoted(blobs, handle)):
                with pytest.raises(BlobStoreUnavailable):
                    await each

    async def test_a_wrong_secret_is_said_at_the_start(self) -> None:
        with pytest.raises(CredentialsRefused):
            async with connect(self.url.with_credentials(username="nobody", password="x" * 20), Store.ORIGINALS):
                pass

    async def test_a_bucket_that_is_not_to_be_made_is_said_at_the_start(self) -> None:
        with pytest.raises(BucketMissing):
            async with connect(Url(f"{self.url.secret}?create=no"), Store.ORIGINALS):
                pass

    async def test_two_processes_may_make_the_bucket_at_once(self, tmp_path: Path) -> None:
        async with self.connect(tmp_path), self.connect(tmp_path):
            pass


class TestMinioBlobStore(S3Suite):
    server = "blobs"

    async def test_what_is_encrypted_is_said_to_be(self, tmp_path: Path) -> None:
        async with connect(Url(f"{self.url.secret}?encryption=s3"), Store.ORIGINALS) as blobs:
            await blobs.put(KEY, DATA)
            for declared in (BIG_KEY, None):
                handle = await blobs.stage(declared)
                await write(blobs, handle)
                assert await promoted(blobs, handle) is PutOutcome.STORED
                found = [
                    await asyncio.to_thread(client(self.url).stat_object, f"{self.url.path[1:]}-originals", each)
                    for each in (KEY, BIG_KEY)
                ]
                assert [each.metadata["x-amz-server-side-encryption"] for each in found if each.metadata] == [
                    "AES256"
                ] * 2
                assert await blobs.load(BIG_KEY) == BIG
                await blobs.delete(BIG_KEY)

    async def encrypted(self, of: str) -> str:
        found = await asyncio.to_thread(client(self.url).stat_object, f"{self.url.path[1:]}-originals", of)
        return (found.metadata or {}).get("x-amz-server-side-encryption", "")


class TestVersitygwBlobStore(S3Suite):
    server = "blobs_versitygw"

    async def test_a_server_that_stores_plain_is_not_used_for_encryption(self) -> None:
        with pytest.raises(EncryptionNotConfirmed):
            async with connect(Url(f"{self.url.secret}?encryption=s3"), Store.ORIGINALS):
                pass
        assert await staged_keys(self.url) == []


@pytest.mark.parametrize(
    "url",
    [
        *("s3+http:///photos", "s3+http://host/photos", "s3+http://key:secret@host/Photos", "s3+http://k:s@host/a/b"),
        *(
            "s3+http://k:s@host/photos?encryption=yes",
            "s3+http://k:s@host/photos?kms_key=1",
            "s3+http://k:s@h/p2?create=x",
            "s3+http://k:s@h/p2?public=s3.example.org",
            "s3+http://k:s@h/p2?public=https://s3.example.org/photos",
        ),
        "s3+http://k:s@host/photos?ca=/ca.pem",
    ],
)
async def test_a_url_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        async with connect(Url(url), Store.ORIGINALS):
            pass
