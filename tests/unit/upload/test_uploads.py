"""Uploads go on where they ended, and only whole pictures become photos."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.upload.conftest import (
    LARGEST,
    OWNER,
    Bench,
    RememberingCatalog,
    chunks_of,
    header_of,
    open_bench,
    picture,
)

from tintype.blobs.ports import BlobNotFound, claim_of, original_key
from tintype.imaging.ports import UnsupportedMedia
from tintype.kit.ids import photo_id_of
from tintype.kit.operations.domain import Lease
from tintype.upload.domain import Chunk, Header, Picture, UploadState
from tintype.upload.ports import CatalogUnavailable, Limits, Presence, Registered, UploadNotFound
from tintype.upload.service.errors import (
    AccountClosed,
    ChecksumMismatch,
    ChunkCorrupt,
    FileTooLarge,
    OffsetMismatch,
    QuotaExceeded,
    RequestIdReused,
    UploadEnded,
)
from tintype.upload.service.quota import UnderWay

DATA = picture()
SHA256 = hashlib.sha256(DATA).hexdigest()
KEY = original_key(owner_id=OWNER, sha256=bytes.fromhex(SHA256))


async def create(bench: Bench, data: bytes = DATA, *, request_id: str = "", declare_hash: bool = True) -> str:
    header = header_of(data, declare_hash=declare_hash)
    upload, _ = await bench.uploads.create_upload(owner_id=OWNER, header=header, request_id=request_id)
    return upload.upload_id


async def complete(bench: Bench, *, request_id: str) -> str:
    upload_id = await create(bench, request_id=request_id)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
    await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
    return upload_id


async def staged(bench: Bench) -> int:
    return len([each async for each in bench.originals.list_staged()])


async def test_a_file_in_three_steps_becomes_a_photo(bench: Bench) -> None:
    upload_id = await create(bench)
    assert await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA)) == len(DATA)
    registered = await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
    assert registered.photo_id == photo_id_of(owner_id=OWNER, sha256=bytes.fromhex(SHA256))
    assert not registered.already_existed
    assert await bench.originals.load(KEY) == DATA
    assert await staged(bench) == 0


async def test_a_client_that_cannot_hash_gets_a_photo_of_what_arrived(bench: Bench) -> None:
    header = header_of(DATA, declare_hash=False)
    upload, _ = await bench.uploads.create_upload(owner_id=OWNER, header=header, request_id="")
    await bench.uploads.append(owner_id=OWNER, upload_id=upload.upload_id, chunks=chunks_of(DATA))
    registered = await bench.uploads.complete(owner_id=OWNER, upload_id=upload.upload_id, sha256="")
    assert registered.photo_id == photo_id_of(owner_id=OWNER, sha256=bytes.fromhex(SHA256))


async def test_what_was_declared_at_first_counts_where_the_end_declares_nothing(bench: Bench) -> None:
    header = Header(file_name="beach.jpg", size_bytes=len(DATA), sha256="0" * 64)
    upload, _ = await bench.uploads.create_upload(owner_id=OWNER, header=header, request_id="")
    await bench.uploads.append(owner_id=OWNER, upload_id=upload.upload_id, chunks=chunks_of(DATA))
    with pytest.raises(ChecksumMismatch):
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload.upload_id, sha256="")


async def test_an_upload_goes_on_where_it_ended_after_a_restart(tmp_path: Path) -> None:
    catalog = RememberingCatalog()
    async with AsyncExitStack() as stack:
        bench = await open_bench(tmp_path, stack, catalog=catalog)
        upload_id = await create(bench)
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA[:400]))
    async with AsyncExitStack() as stack:
        bench = await open_bench(tmp_path, stack, catalog=catalog)
        _, offset = await bench.uploads.get_upload(owner_id=OWNER, upload_id=upload_id)
        assert offset == 400
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA, start=offset))
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
        assert await bench.originals.load(KEY) == DATA


async def test_what_came_before_a_damaged_chunk_stays(bench: Bench) -> None:
    upload_id = await create(bench)

    async def chunks() -> AsyncIterator[Chunk]:
        yield Chunk(0, DATA[:300], intact=True)
        yield Chunk(300, DATA[300:], intact=False)

    with pytest.raises(ChunkCorrupt):
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks())
    assert (await bench.uploads.get_upload(owner_id=OWNER, upload_id=upload_id))[1] == 300


async def test_a_chunk_that_leaves_a_gap_is_told_the_durable_offset(bench: Bench) -> None:
    upload_id = await create(bench)
    with pytest.raises(OffsetMismatch) as caught:
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA, start=10))
    assert caught.value.metadata == {"durable_offset": "0"}


async def test_more_bytes_than_declared_are_refused(bench: Bench) -> None:
    upload_id = await create(bench)
    with pytest.raises(FileTooLarge):
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA + b"more"))


async def test_completing_too_early_says_what_is_missing(bench: Bench) -> None:
    upload_id = await create(bench)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA[:400]))
    with pytest.raises(OffsetMismatch) as caught:
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
    assert caught.value.metadata == {"durable_offset": "400"}


async def test_other_bytes_than_declared_make_no_photo_and_keep_the_upload(bench: Bench) -> None:
    upload_id = await create(bench)
    other = DATA[:-1] + bytes([DATA[-1] ^ 1])
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(other))
    with pytest.raises(ChecksumMismatch):
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
    assert not bench.catalog.photos
    assert (await bench.uploads.get_upload(owner_id=OWNER, upload_id=upload_id))[1] == len(DATA)


async def test_completing_twice_returns_the_same_photo(bench: Bench) -> None:
    upload_id = await create(bench)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
    first = await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
    second = await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
    assert second.photo_id == first.photo_id
    with pytest.raises(UploadEnded):
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))


@dataclass
class LeavingCatalog(RememberingCatalog):
    """Away as long as a test says so."""

    away: bool = True

    async def register(
        self, *, owner_id: str, header: Header, picture: Picture, upload_id: str = ""
    ) -> Registered[str]:
        if self.away:
            raise CatalogUnavailable("away")
        return await super().register(owner_id=owner_id, header=header, picture=picture, upload_id=upload_id)


async def test_completing_goes_on_once_the_catalog_is_back(tmp_path: Path) -> None:
    catalog = LeavingCatalog()
    async with AsyncExitStack() as stack:
        bench = await open_bench(tmp_path, stack, catalog=catalog)
        upload_id = await create(bench)
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
        with pytest.raises(CatalogUnavailable):
            await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
        catalog.away = False
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
        assert await bench.originals.load(KEY) == DATA
        assert await staged(bench) == 0


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 9, b"%PDF-1.7" + b"x" * 500, b"x" * 90]
)
async def test_what_is_no_picture_is_refused_while_it_arrives_and_leaves_nothing(bench: Bench, data: bytes) -> None:
    upload_id = await create(bench, data)
    with pytest.raises(UnsupportedMedia):
        await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(data))
    with pytest.raises(UploadNotFound):
        await bench.uploads.get_upload(owner_id=OWNER, upload_id=upload_id)
    assert await staged(bench) == 0


async def test_a_name_of_something_else_is_refused_before_any_byte_is_sent(bench: Bench) -> None:
    for name in ("beach.svg", "notes.TXT", "clip.mov"):
        with pytest.raises(UnsupportedMedia):
            await bench.uploads.create_upload(owner_id=OWNER, header=header_of(DATA, file_name=name), request_id="")
    assert await staged(bench) == 0
    for name in ("beach.HEIC", "beach", "2024.01.05"):
        await bench.uploads.create_upload(owner_id=OWNER, header=header_of(DATA, file_name=name), request_id="")


async def test_a_picture_is_taken_by_its_bytes_and_under_no_name_of_something_else(bench: Bench) -> None:
    with pytest.raises(UnsupportedMedia):
        await bench.uploads.upload_photo(
            owner_id=OWNER, header=header_of(DATA, file_name="beach.svg"), chunks=chunks_of(DATA)
        )
    assert await staged(bench) == 0
    header = header_of(DATA, file_name="beach.heic")
    registered = await bench.uploads.upload_photo(owner_id=OWNER, header=header, chunks=chunks_of(DATA))
    assert registered.photo == "image/jpeg"


async def test_the_same_request_meets_its_upload_and_another_body_is_refused(bench: Bench) -> None:
    first = await create(bench, request_id="r1")
    await bench.uploads.append(owner_id=OWNER, upload_id=first, chunks=chunks_of(DATA[:200]))
    upload, offset = await bench.uploads.create_upload(owner_id=OWNER, header=header_of(DATA), request_id="r1")
    assert (upload.upload_id, offset) == (first, 200)
    with pytest.raises(RequestIdReused):
        await create(bench, picture((1, 2, 3), 80), request_id="r1")


@pytest.mark.parametrize("presence", [Presence.PRESENT, Presence.FAILED])
async def test_a_request_that_made_a_photo_meets_it(bench: Bench, presence: Presence) -> None:
    upload_id = await complete(bench, request_id="r1")
    bench.catalog.presence = presence
    upload, offset = await bench.uploads.create_upload(owner_id=OWNER, header=header_of(DATA), request_id="r1")
    assert (upload.upload_id, offset) == (upload_id, len(DATA))
    assert upload.photo_id == photo_id_of(owner_id=OWNER, sha256=bytes.fromhex(SHA256))


@pytest.mark.parametrize("presence", [Presence.TRASHED, None])
async def test_a_request_whose_photo_is_trashed_or_gone_begins_anew(bench: Bench, presence: Presence | None) -> None:
    await complete(bench, request_id="r1")
    bench.catalog.presence = presence
    upload, offset = await bench.uploads.create_upload(owner_id=OWNER, header=header_of(DATA), request_id="r1")
    assert (upload.photo_id, upload.state, offset) == ("", UploadState.OPEN, 0)
    await complete(bench, request_id="r1")
    assert len(bench.catalog.upload_ids) == 2
    assert await staged(bench) == 0


async def test_a_request_whose_bytes_are_gone_begins_anew(bench: Bench) -> None:
    upload_id = await create(bench, request_id="r1")
    upload, _ = await bench.uploads.get_upload(owner_id=OWNER, upload_id=upload_id)
    await bench.originals.discard(upload.handle)
    bench.accounts.limit = Limits(len(DATA))  # it counts once
    assert await complete(bench, request_id="r1") == upload_id
    assert bench.catalog.upload_ids == [upload_id]


async def test_a_request_that_was_cancelled_begins_anew_and_twice_at_once_is_once(bench: Bench) -> None:
    upload_id = await create(bench, request_id="r1")
    await bench.uploads.cancel(owner_id=OWNER, upload_id=upload_id)
    assert await asyncio.gather(*(create(bench, request_id="r1") for _ in range(4))) == [upload_id] * 4
    assert await staged(bench) == 1
    assert await complete(bench, request_id="r1") == upload_id


async def test_cancelling_drops_the_bytes_and_twice_is_once(bench: Bench) -> None:
    upload_id = await create(bench)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
    await bench.uploads.cancel(owner_id=OWNER, upload_id=upload_id)
    await bench.uploads.cancel(owner_id=OWNER, upload_id=upload_id)
    assert await staged(bench) == 0
    with pytest.raises(UploadNotFound):
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)


async def test_one_stream_makes_a_photo_and_the_same_bytes_again_meet_it(bench: Bench) -> None:
    first = await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
    second = await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
    assert (first.already_existed, second.already_existed) == (False, True)
    assert second.photo_id == first.photo_id
    assert await staged(bench) == 0


async def test_a_stream_that_ends_early_keeps_nothing(bench: Bench) -> None:
    with pytest.raises(ChecksumMismatch):
        await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA[:-5]))
    assert not bench.catalog.photos
    assert await staged(bench) == 0


async def test_a_damaged_object_under_the_key_is_replaced(bench: Bench) -> None:
    await bench.originals.put(KEY, b"\0" * len(DATA))
    await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
    assert await bench.originals.load(KEY) == DATA


async def test_an_empty_object_under_the_key_is_replaced(bench: Bench) -> None:
    await bench.originals.put(KEY, b"")
    await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
    assert await bench.originals.load(KEY) == DATA


async def test_an_upload_that_crosses_a_deletion_puts_the_bytes_back(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:

        async def deletion_in_between(name: str) -> None:
            if name == "claim":  # it claimed the key before the photo was registered, and deletes only now
                lease = await bench.leases.acquire(
                    claim_of(KEY), holder="deletion", now=bench.clock.now(), ttl=timedelta(seconds=60)
                )
                await bench.originals.delete(KEY)
                bench.clock.pass_(timedelta(seconds=61))  # and dies
                assert lease.holder == "deletion"

        bench = await open_bench(tmp_path, stack, step=deletion_in_between, catalog=RememberingCatalog())
        await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
        assert await bench.originals.load(KEY) == DATA


async def test_an_upload_whose_bytes_a_deletion_took_before_it_let_go_puts_them_back(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:

        async def deletion_in_between(name: str) -> None:
            if name == "claim":  # it began before the photo was registered, and is over before anybody looks for it
                claim = await bench.leases.acquire(
                    claim_of(KEY), holder="deletion", now=bench.clock.now(), ttl=timedelta(seconds=60)
                )
                await bench.originals.delete(KEY)
                await bench.leases.release(claim)

        bench = await open_bench(tmp_path, stack, step=deletion_in_between, catalog=RememberingCatalog())
        await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
        assert await bench.originals.load(KEY) == DATA


async def test_an_upload_waits_for_a_deletion_under_way_and_puts_the_bytes_back(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        deletions = await stack.enter_async_context(asyncio.TaskGroup())

        async def deletion_goes_on(claim: Lease) -> None:
            await bench.originals.delete(KEY)
            await bench.leases.release(claim)

        async def deletion_begins(name: str) -> None:
            if name == "claim":
                claim = await bench.leases.acquire(
                    claim_of(KEY), holder="deletion", now=bench.clock.now(), ttl=timedelta(seconds=60)
                )
                deletions.create_task(deletion_goes_on(claim))

        bench = await open_bench(tmp_path, stack, step=deletion_begins, catalog=RememberingCatalog())
        await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
        assert await bench.originals.load(KEY) == DATA


async def test_the_quota_counts_photos_and_open_uploads(bench: Bench) -> None:
    await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
    other = picture((0, 90, 20), 80)
    await create(bench, other)
    third = picture((0, 90, 200), 90)
    bench.accounts.limit = Limits(len(DATA) + len(other) + len(third) - 1)
    with pytest.raises(QuotaExceeded):
        await create(bench, third)
    bench.accounts.limit = Limits(len(DATA) + len(other) + len(third))
    await create(bench, third)


async def test_the_catalog_is_told_which_upload_becomes_the_photo(bench: Bench) -> None:
    upload_id = await create(bench)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
    counted = await bench.quota.under_way(owner_id=OWNER)
    assert counted == UnderWay(uploads=1, size_bytes=len(DATA))
    assert await bench.quota.under_way(owner_id=OWNER, except_upload_id=upload_id) == UnderWay(uploads=0, size_bytes=0)
    await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=header_of(DATA).sha256)
    assert bench.catalog.upload_ids == [upload_id]
    assert await bench.quota.under_way(owner_id=OWNER) == UnderWay(uploads=0, size_bytes=0)


async def test_too_big_a_file_and_a_closed_account_are_refused_before_any_byte(bench: Bench) -> None:
    with pytest.raises(FileTooLarge):
        await create(bench, b"\0" * (LARGEST + 1))
    bench.accounts.limit = Limits(0, closed=True)
    with pytest.raises(AccountClosed):
        await create(bench)
    assert await staged(bench) == 0


async def test_a_check_answers_for_each_hash_in_order(bench: Bench) -> None:
    await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
    coming = picture((9, 9, 9))
    await create(bench, coming)
    hashes = ["0" * 64, SHA256, hashlib.sha256(coming).hexdigest()]
    checks = await bench.uploads.check_photos(owner_id=OWNER, sha256s=hashes)
    assert [check.presence for check in checks] == [Presence.ABSENT, Presence.PRESENT, Presence.UPLOADING]
    assert [check.sha256 for check in checks] == hashes
    others = await bench.uploads.check_photos(owner_id="bob", sha256s=hashes)
    assert {check.presence for check in others} == {Presence.ABSENT}


async def test_to_another_user_an_upload_does_not_exist(bench: Bench) -> None:
    upload_id = await create(bench)
    for attempt in (
        bench.uploads.get_upload(owner_id="bob", upload_id=upload_id),
        bench.uploads.cancel(owner_id="bob", upload_id=upload_id),
        bench.uploads.complete(owner_id="bob", upload_id=upload_id, sha256=SHA256),
        bench.uploads.append(owner_id="bob", upload_id=upload_id, chunks=chunks_of(DATA)),
    ):
        with pytest.raises(UploadNotFound):
            await attempt


async def test_the_sweep_drops_expired_uploads_and_bytes_that_no_record_names(bench: Bench) -> None:
    upload_id = await create(bench)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
    assert await bench.upkeep.sweep() == 0
    bench.clock.pass_(timedelta(hours=24))
    with pytest.raises(UploadNotFound):
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256)
    assert await bench.upkeep.sweep() == 0
    bench.clock.pass_(timedelta(hours=1, milliseconds=1))
    assert await bench.upkeep.sweep() == 1
    assert await staged(bench) == 0
    with pytest.raises(UploadNotFound):
        await bench.uploads.get_upload(owner_id=OWNER, upload_id=upload_id)


class Crash(Exception):
    pass


async def crash_before_registering(name: str) -> None:
    if name == "register":
        raise Crash


async def left_promoted(bench: Bench, *, declare_hash: bool = True) -> str:
    """An upload that ended between its promotion and its photo."""
    upload_id = await create(bench, declare_hash=declare_hash)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
    with pytest.raises(Crash):
        await bench.uploads.complete(owner_id=OWNER, upload_id=upload_id, sha256=SHA256 if declare_hash else "")
    assert (await bench.originals.stat(KEY)).size_bytes == len(DATA)
    return upload_id


@pytest.fixture
async def crashing(tmp_path: Path) -> AsyncIterator[Bench]:
    async with AsyncExitStack() as stack:
        yield await open_bench(tmp_path, stack, step=crash_before_registering, catalog=RememberingCatalog())


@pytest.mark.parametrize("declare_hash", [True, False])
async def test_the_sweep_removes_what_was_promoted_and_never_registered(crashing: Bench, declare_hash: bool) -> None:
    await left_promoted(crashing, declare_hash=declare_hash)
    crashing.clock.pass_(timedelta(hours=26))
    assert await crashing.upkeep.sweep() == 1
    with pytest.raises(BlobNotFound):
        await crashing.originals.stat(KEY)
    assert await crashing.leases.load(claim_of(KEY)) is None


async def test_the_sweep_leaves_what_a_photo_or_another_upload_has(crashing: Bench) -> None:
    await left_promoted(crashing)
    crashing.clock.pass_(timedelta(hours=26))
    await create(crashing)
    assert await crashing.upkeep.sweep() == 1
    assert await crashing.originals.load(KEY) == DATA
    crashing.clock.pass_(timedelta(hours=26))
    crashing.catalog.photos[OWNER, photo_id_of(owner_id=OWNER, sha256=bytes.fromhex(SHA256))] = header_of(DATA)
    assert await crashing.upkeep.sweep() == 1
    assert await crashing.originals.load(KEY) == DATA


async def test_the_sweep_waits_for_who_has_a_claim_on_the_bytes(crashing: Bench) -> None:
    await left_promoted(crashing)
    crashing.clock.pass_(timedelta(hours=26))
    now = crashing.clock.now()
    await crashing.leases.acquire(claim_of(KEY), holder="other", now=now, ttl=timedelta(minutes=1))
    assert await crashing.upkeep.sweep() == 0
    assert await crashing.originals.load(KEY) == DATA


async def test_the_sweep_never_touches_a_photo(bench: Bench) -> None:
    await bench.uploads.upload_photo(owner_id=OWNER, header=header_of(DATA), chunks=chunks_of(DATA))
    bench.clock.pass_(timedelta(days=400))
    await bench.upkeep.sweep()
    assert await bench.originals.load(KEY) == DATA


async def test_erasing_an_owner_leaves_nothing_and_says_so(bench: Bench) -> None:
    upload_id = await create(bench)
    await bench.uploads.append(owner_id=OWNER, upload_id=upload_id, chunks=chunks_of(DATA))
    await bench.upkeep.erase(owner_id=OWNER, operation_id="op")
    assert bench.accounts.reports == [("op", OWNER, {"uploads": 0})]
    assert await staged(bench) == 0
    with pytest.raises(BlobNotFound):
        await bench.originals.load(KEY)
