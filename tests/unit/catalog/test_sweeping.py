"""What is repaired by looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders import OTHER, OWNER, make_failure, make_file, make_result
from tests.catalog_world import World
from tests.clocks import NOON

from tintype.blobs.ports import PREVIEW, THUMBNAIL, BlobStat, derived_key
from tintype.catalog.domain.fact import AnalysisRequested, Group, PhotoChanged, Priority
from tintype.catalog.domain.stage import REQUIRED, Stage, StageState
from tintype.catalog.service.erasing import Erasing
from tintype.catalog.service.registering import AccountClosed

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_stages_whose_job_was_lost_are_asked_for_again(world: World) -> None:
    photo = await world.registered()
    await world.analysing.record_result(
        owner_id=OWNER, photo_id=photo.photo_id, job_id="job-1", outcomes=[make_failure(Stage.EMBED)]
    )
    await world.record(photo, Stage.DERIVE, Stage.METADATA)
    world.clock.pass_(HOUR)
    assert await world.sweeping.ask_once_more() == 1
    changed, asked = (await world.facts(photo))[-2:]
    assert isinstance(changed, PhotoChanged)
    assert isinstance(asked, AnalysisRequested)
    assert asked.stages == (Stage.EMBED, Stage.FACES, Stage.LABELS)
    status = (await world.load(photo)).status(Stage.EMBED)
    assert status is not None
    assert status.attempts == 1
    assert await world.sweeping.ask_once_more() == 0


async def test_a_young_request_is_not_repeated(world: World) -> None:
    await world.registered()
    world.clock.pass_(timedelta(minutes=14))
    assert await world.sweeping.ask_once_more() == 0


async def test_a_job_that_may_still_wait_is_not_repeated(world: World) -> None:
    await world.registered(backlog=True)
    world.queue.oldest[Priority.BACKLOG] = NOON + timedelta(milliseconds=5)
    world.clock.pass_(HOUR)
    assert await world.sweeping.ask_once_more() == 0
    world.queue.oldest[Priority.BACKLOG] = NOON + HOUR / 2
    assert await world.sweeping.ask_once_more() == 1


async def test_queues_are_told_apart(world: World) -> None:
    photo = await world.ready()
    world.queue.oldest[Priority.PERSON] = NOON - DAY
    world.clock.pass_(HOUR)
    assert await world.sweeping.ask_once_more() == 1
    asked = (await world.facts(photo))[-1]
    assert isinstance(asked, AnalysisRequested)
    assert (asked.stages, asked.priority) == ((Stage.TEXT,), Priority.DEFERRED)


async def test_missing_and_short_originals_are_marked_until_they_are_whole_again(world: World) -> None:
    seeds = ("whole", "missing", "short")
    files = [make_file(seed, size_bytes=len(seed)) for seed in seeds]
    whole, missing, short = [await world.registered(file=file) for file in files]
    await world.store_blobs(whole, b"whole")
    key = await world.store_blobs(short)
    await world.originals.overwrite(key, b"sho")
    assert await world.sweeping.check_originals() == 2
    assert [(await world.load(each)).corrupt_time for each in (whole, missing, short)] == [None, NOON, NOON]
    told = (await world.facts(missing))[-1]
    assert isinstance(told, PhotoChanged)
    assert told.groups == (Group.STATE,)
    await world.originals.overwrite(key, b"short")
    assert await world.sweeping.check_originals() == 1
    assert (await world.load(short)).corrupt_time is None


async def test_an_original_of_another_checksum_is_marked_where_the_store_keeps_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    intact, rotten = [await world.registered(seed) for seed in ("intact", "rotten")]
    kept = {await world.store_blobs(intact): intact.file.sha256, await world.store_blobs(rotten): "0" * 64}
    of_files = world.originals.stat

    async def stat(key: str) -> BlobStat:
        return replace(await of_files(key), sha256=bytes.fromhex(kept[key]))

    assert await world.sweeping.check_originals() == 0
    monkeypatch.setattr(world.originals, "stat", stat)
    assert await world.sweeping.check_originals() == 1
    assert [(await world.load(each)).corrupt_time for each in (intact, rotten)] == [None, NOON]


async def test_thumbnails_that_are_missing_are_made_again(world: World) -> None:
    whole, lost, waiting = await world.ready("whole"), await world.ready("lost"), await world.registered("waiting")
    for variant in (THUMBNAIL, PREVIEW):
        sha256 = bytes.fromhex(whole.file.sha256)
        await world.derived.put(derived_key(owner_id=whole.owner_id, sha256=sha256, variant=variant), b"jpeg")
    assert await world.sweeping.check_derived() == 1
    assert (await world.load(whole)).revision == whole.revision
    status = (await world.load(lost)).status(Stage.DERIVE)
    assert status is not None
    assert status.state is StageState.PENDING
    told = (await world.facts(lost))[-1]
    assert isinstance(told, AnalysisRequested)
    assert (told.stages, told.priority) == ((Stage.DERIVE,), Priority.BACKLOG)
    assert (await world.load(waiting)).revision == waiting.revision
    assert await world.sweeping.check_derived() == 0


async def test_a_photo_committed_soon_after_its_original_was_claimed_is_checked_within_the_hour(world: World) -> None:
    photo = await world.registered()
    key = await world.store_blobs(photo)
    await world.trashed(photo)
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    again = await world.registered()
    await world.originals.put(key, b"x" * photo.file.size_bytes)
    await world.originals.delete(key)  # a deleter that slept through its claim
    assert await world.sweeping.check_claimed() == 0
    world.clock.pass_(HOUR)
    assert await world.sweeping.check_claimed() == 1
    assert (await world.load(again)).corrupt_time == NOON + HOUR
    assert await world.sweeping.check_claimed() == 0


async def test_a_second_claim_puts_the_look_off_and_a_tombstone_is_left_alone(world: World) -> None:
    photo = await world.registered()
    await world.store_blobs(photo)
    for _ in range(2):
        world.clock.pass_(HOUR / 2)
        await world.trashed(await world.registered())
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    world.clock.pass_(HOUR / 2)
    revision = (await world.load(photo)).revision
    assert await world.notes.due(limit=9) == []
    world.clock.pass_(HOUR / 2)
    assert [note.photo_id for note in await world.notes.due(limit=9)] == [photo.photo_id]
    assert await world.sweeping.check_claimed() == 0
    assert (await world.load(photo)).revision == revision


async def test_results_that_no_photo_names_are_removed_after_a_day(world: World) -> None:
    photo = await world.ready()
    await world.record(photo, Stage.EMBED, job_id="job-2")
    stray = make_result()
    await world.results.add_many([replace(stray, key=replace(stray.key, photo_id="never"))])
    assert await world.sweeping.remove_orphans() == 0
    world.clock.pass_(2 * DAY)
    assert await world.sweeping.remove_orphans() == 2
    kept = await world.results.load_photo(owner_id=OWNER, photo_id=photo.photo_id)
    assert [result.key.stage for result in kept] == sorted(REQUIRED)
    assert {result.key.job_id for result in kept if result.key.stage is Stage.EMBED} == {"job-2"}


async def test_an_erased_owner_leaves_nothing_and_that_is_reported(world: World) -> None:
    await world.ready("one")
    other = await world.ready("one", owner_id=OTHER)
    erasing = Erasing({"photos": world.photos, "results": world.results}, world.accounts)
    for _ in range(2):
        await erasing.erase_user(user_id=OWNER, operation_id="op-1")
    assert world.accounts.erased == [("op-1", OWNER, {"photos": 0, "results": 0})] * 2
    with pytest.raises(AccountClosed):
        await world.registered("late")
    assert await world.load(other) == other
    assert await world.results.count_owner(OTHER) == len(REQUIRED)
