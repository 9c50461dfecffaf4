"""Bytes become photos."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders import OTHER, OWNER, make_file, make_registration, sha256_of
from tests.catalog_world import World
from tests.clocks import NOON

from tintype.catalog.domain.capture import StatedTime
from tintype.catalog.domain.change import found_corrupt
from tintype.catalog.domain.fact import Group, PhotoChanged, PhotoRegistered, Priority
from tintype.catalog.domain.hash_check import HashState
from tintype.catalog.domain.source import ValueSource
from tintype.catalog.domain.stage import PhotoState
from tintype.catalog.ports.accounts import UserLimits
from tintype.catalog.service.registering import AccountClosed, QuotaExceeded, Registering
from tintype.catalog.service.writing import PhotoWriter


async def test_a_registered_photo_is_told_of_and_waits_for_its_stages(world: World) -> None:
    photo, existed = await world.registering.register_photo(make_registration())
    assert not existed
    assert photo.state is PhotoState.PROCESSING
    told = PhotoRegistered(photo_id=photo.photo_id, owner_id=OWNER, revision=1)
    assert await world.facts(photo) == [told]


async def test_an_import_waits_behind_single_photos(world: World) -> None:
    photo = await world.registered(backlog=True)
    assert [fact.priority for fact in await world.facts(photo) if isinstance(fact, PhotoRegistered)] == [
        Priority.BACKLOG
    ]


async def test_the_same_bytes_are_the_same_photo(world: World) -> None:
    first = await world.registered()
    again, existed = await world.registering.register_photo(make_registration(file=make_file(file_name="copy.jpg")))
    assert existed
    assert again == first
    other, existed = await world.registering.register_photo(make_registration(owner_id=OTHER))
    assert not existed
    assert other.photo_id != first.photo_id


async def test_of_many_registrations_at_once_one_makes_the_photo(world: World) -> None:
    done = await asyncio.gather(*(world.registering.register_photo(make_registration()) for _ in range(8)))
    assert sum(not existed for _, existed in done) == 1
    assert {photo.revision for photo, _ in done} == {1}


async def test_of_two_processes_that_register_the_same_bytes_at_once_one_meets_the_photo_of_the_other(
    world: World,
) -> None:
    processes = [
        Registering(world.photos, PhotoWriter(world.photos, world.clock), world.accounts, world.uploads, world.clock)
        for _ in range(8)
    ]
    done = await asyncio.gather(*(each.register_photo(make_registration()) for each in processes))
    assert sum(not existed for _, existed in done) == 1
    assert len({photo.photo_id for photo, _ in done}) == 1


async def test_the_same_bytes_restore_a_trashed_photo(world: World) -> None:
    photo = await world.trashed(await world.registered())
    again, existed = await world.registering.register_photo(make_registration())
    assert existed
    assert again.trash_time is None
    assert (await world.facts(photo))[-1] == PhotoChanged(
        photo_id=photo.photo_id, owner_id=OWNER, groups=(Group.STATE,), revision=3
    )


async def test_the_same_bytes_revive_a_deleted_photo_above_its_last_revision(world: World) -> None:
    photo = await world.trashed(await world.ready())
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    tombstone = await world.load(photo)
    again, existed = await world.registering.register_photo(make_registration())
    assert existed
    assert again.revision == tombstone.revision + 1
    assert (again.deletion, again.state, again.metadata) == (None, PhotoState.PROCESSING, None)
    assert isinstance((await world.facts(photo))[-1], PhotoRegistered)


async def test_a_photo_beyond_the_quota_is_refused_and_one_that_is_there_is_not(world: World) -> None:
    world.accounts.known[OWNER] = UserLimits(quota_bytes=1_500)
    photo = await world.registered("one")
    with pytest.raises(QuotaExceeded) as refused:
        await world.registered("two")
    assert refused.value.metadata == {"quota_bytes": "1500", "used_bytes": "1000"}
    assert await world.registered("one") == photo


async def test_the_quota_counts_uploads_under_way_but_not_the_one_that_becomes_the_photo(world: World) -> None:
    world.accounts.known[OWNER] = UserLimits(quota_bytes=2_500)
    world.uploads.open |= {"upload-1": 1_000, "upload-2": 1_500}
    with pytest.raises(QuotaExceeded) as refused:
        await world.registered("one")
    assert refused.value.metadata == {"quota_bytes": "2500", "used_bytes": "2500"}
    photo, _ = await world.registering.register_photo(make_registration("one"), upload_id="upload-1")
    del world.uploads.open["upload-1"]
    report = await world.registering.usage_report(OWNER)
    assert (report.usage.used_bytes, report.uploading_bytes) == (photo.file.size_bytes, 1_500)


async def test_a_closed_account_takes_nothing_in(world: World) -> None:
    world.accounts.known[OWNER] = UserLimits(0, closed=True)
    with pytest.raises(AccountClosed):
        await world.registered()


async def test_the_time_of_upload_stands_in_where_nothing_says_when(world: World) -> None:
    photo = await world.registered()
    assert photo.capture_time.instant == NOON
    assert photo.capture_time.source is ValueSource.UPLOAD


async def test_what_the_client_says_counts_until_the_file_speaks(world: World) -> None:
    stated = StatedTime(instant=NOON - timedelta(days=9))
    photo = await world.registered(capture_time=stated, description="from a sidecar", favourite=True)
    assert (photo.capture_time.instant, photo.capture_time.source) == (NOON - timedelta(days=9), ValueSource.CLIENT)
    assert (photo.description, photo.edits.favourite) == ("from a sidecar", True)


async def test_an_unreadable_client_time_is_no_claim(world: World) -> None:
    photo = await world.registered(capture_time=StatedTime(local_time="2023-02-30T10:00:00"))
    assert photo.capture_time.source is ValueSource.UPLOAD


async def test_hashes_are_checked_against_living_photos_only(world: World) -> None:
    await world.registered("present")
    await world.trashed(await world.registered("trashed"))
    deleted = await world.trashed(await world.registered("deleted"))
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=deleted.photo_id)
    seeds = ("present", "trashed", "deleted", "absent")
    checks = await world.registering.check_hashes(owner_id=OWNER, sha256s=[sha256_of(seed) for seed in seeds])
    assert {check.sha256: check.state for check in checks} == {
        sha256_of("present"): HashState.PRESENT,
        sha256_of("trashed"): HashState.TRASHED,
    }
    assert await world.registering.check_hashes(owner_id=OTHER, sha256s=[sha256_of("present")]) == []


async def test_a_photo_without_its_file_is_absent_until_the_bytes_come_again(world: World) -> None:
    photo = await world.registered()
    await world.writer.change(owner_id=OWNER, photo_id=photo.photo_id, decide=found_corrupt)
    assert await world.registering.check_hashes(owner_id=OWNER, sha256s=[sha256_of("one")]) == []
    again, existed = await world.registering.register_photo(make_registration())
    assert existed
    assert again.corrupt_time is None
    assert (await world.facts(photo))[-1] == PhotoChanged(
        photo_id=photo.photo_id, owner_id=OWNER, groups=(Group.STATE,), revision=3
    )
    checks = await world.registering.check_hashes(owner_id=OWNER, sha256s=[sha256_of("one")])
    assert [check.state for check in checks] == [HashState.PRESENT]


async def test_a_trashed_photo_without_its_file_is_still_in_the_trash(world: World) -> None:
    photo = await world.trashed(await world.registered())
    await world.writer.change(owner_id=OWNER, photo_id=photo.photo_id, decide=found_corrupt)
    checks = await world.registering.check_hashes(owner_id=OWNER, sha256s=[sha256_of("one")])
    assert [check.state for check in checks] == [HashState.TRASHED]
    again = await world.registered()
    assert (again.trash_time, again.corrupt_time) == (None, None)


async def test_usage_says_what_is_used_of_what(world: World) -> None:
    world.accounts.known[OWNER] = UserLimits(quota_bytes=9_000)
    await world.registered("one")
    await world.trashed(await world.registered("two"))
    report = await world.registering.usage_report(OWNER)
    assert (report.quota_bytes, report.usage.used_bytes, report.usage.trashed_photos) == (9_000, 2_000, 1)


async def test_a_different_size_is_kept_as_it_was_registered_first(world: World) -> None:
    first = await world.registered()
    again, _ = await world.registering.register_photo(
        make_registration(file=replace(make_file(), media_type="image/png"))
    )
    assert again.file == first.file
