"""Into the trash, out of it, and away for good; also where the process dies on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.builders import OWNER, make_registration
from tests.catalog_world import Crash, World
from tests.clocks import NOON

from tintype.blobs.ports import BlobStoreUnavailable, claim_of
from tintype.catalog.domain.fact import PhotoDeleted
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import REQUIRED
from tintype.catalog.ports.photo import PhotoNotFound
from tintype.catalog.service.trashing import PhotoNotTrashed
from tintype.kit.operations.ports import LeaseHeld, LeaseLost

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
STEPS = ["delete/results", "delete/derived", "delete/original", "delete/blobs", "delete/note", "delete/done"]


async def deleted(world: World, seed: str = "one") -> Photo:
    photo = await world.trashed(await world.ready(seed))
    await world.store_blobs(photo)
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    return await world.load(photo)


async def left_of(world: World, photo: Photo) -> tuple[int, int, int]:
    """Results, originals and derived pictures."""
    prefix = f"{photo.owner_id}/"
    return (
        await world.results.count_owner(photo.owner_id),
        await world.originals.count(prefix),
        await world.derived.count(prefix),
    )


async def test_trashing_twice_keeps_the_first_trash_time(world: World) -> None:
    photo = await world.trashed(await world.registered())
    world.clock.pass_(DAY)
    assert await world.trashed(photo) == photo
    assert photo.trash_time == NOON


async def test_a_restored_photo_is_as_it_was(world: World) -> None:
    photo = await world.ready()
    await world.trashed(photo)
    restored = await world.trashing.restore_photo(owner_id=OWNER, photo_id=photo.photo_id)
    assert restored.etag == photo.etag
    assert (restored.tags, restored.stages, restored.trash_time) == (photo.tags, photo.stages, None)


async def test_only_trashed_photos_are_restored_or_deleted(world: World) -> None:
    photo = await world.registered()
    with pytest.raises(PhotoNotTrashed):
        await world.trashing.restore_photo(owner_id=OWNER, photo_id=photo.photo_id)
    with pytest.raises(PhotoNotTrashed):
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)


async def test_a_deleted_photo_leaves_a_tombstone_and_nothing_else(world: World) -> None:
    tombstone = await deleted(world)
    assert await left_of(world, tombstone) == (0, 0, 0)
    assert tombstone.deletion is not None
    assert tombstone.deletion.content_removed_time == NOON
    assert (tombstone.file.file_name, tombstone.metadata, tombstone.tags.shown) == ("", None, ())
    told = [fact for fact in await world.facts(tombstone) if isinstance(fact, PhotoDeleted)]
    assert told[-1].revision == tombstone.revision
    with pytest.raises(PhotoNotFound):
        await world.reading.get_photo(owner_id=OWNER, photo_id=tombstone.photo_id)


@pytest.mark.parametrize("step", STEPS)
async def test_a_deletion_cut_off_at_any_step_is_finished_by_the_sweep(world: World, step: str) -> None:
    photo = await world.trashed(await world.ready())
    await world.store_blobs(photo)
    world.step.at = step
    with pytest.raises(Crash):
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    world.step.at = ""
    assert (await world.load(photo)).deletion is not None
    world.clock.pass_(HOUR)
    await world.removing.sweep()
    tombstone = await world.load(photo)
    assert await left_of(world, photo) == (0, 0, 0)
    assert tombstone.deletion is not None
    assert tombstone.deletion.content_removed_time is not None
    assert await world.removing.sweep() == 0


async def test_content_stays_while_an_upload_of_the_same_bytes_holds_the_claim(world: World) -> None:
    photo = await world.trashed(await world.ready())
    key = await world.store_blobs(photo)
    async with world.leases.held(claim_of(key)):
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
        assert (await left_of(world, photo))[1:] == (1, 1)
        with pytest.raises(LeaseHeld):
            await world.removing.remove_content(await world.load(photo))
    world.clock.pass_(HOUR)
    assert await world.removing.sweep() == 1
    assert await left_of(world, photo) == (0, 0, 0)


@pytest.mark.parametrize("error", [BlobStoreUnavailable("no answer"), asyncio.CancelledError()])
async def test_a_deletion_that_may_still_be_running_keeps_its_claim(
    world: World, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload of the same bytes would put the object back, and the store then delete that."""
    photo = await world.trashed(await world.ready())
    key = await world.store_blobs(photo)
    world.step.at = "delete/results"
    with pytest.raises(Crash):
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    world.step.at = ""

    async def unanswered(_: str) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(world.originals, "delete", unanswered)
        with pytest.raises(type(error)):
            await world.removing.remove_content(await world.load(photo))
    with pytest.raises(LeaseHeld):
        async with world.leases.held(claim_of(key)):
            pass
    world.clock.pass_(HOUR)
    assert await world.removing.sweep() == 1
    assert await left_of(world, photo) == (0, 0, 0)


async def test_an_original_stays_if_the_claim_was_lost_while_its_pictures_were_removed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = await world.trashed(await world.ready())
    key = await world.store_blobs(photo)
    world.step.at = "delete/results"
    with pytest.raises(Crash):
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    world.step.at = ""
    removed = world.derived.delete_prefix

    async def slowly(prefix: str) -> int:
        world.clock.pass_(HOUR)
        async with world.leases.held(claim_of(key)):
            return await removed(prefix)

    with monkeypatch.context() as patch:
        patch.setattr(world.derived, "delete_prefix", slowly)
        with pytest.raises(LeaseLost):
            await world.removing.remove_content(await world.load(photo))
    assert (await left_of(world, photo))[1:] == (1, 0)


async def test_content_of_a_photo_that_lives_again_stays(world: World) -> None:
    photo = await world.trashed(await world.ready())
    await world.store_blobs(photo)
    world.step.at = "delete/results"
    with pytest.raises(Crash):
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    world.step.at = ""
    tombstone = await world.load(photo)
    await world.registering.register_photo(make_registration())
    await world.removing.remove_content(tombstone)
    assert (await left_of(world, photo))[1:] == (1, 1)
    assert (await world.load(photo)).deletion is None


async def test_results_of_a_photo_that_lives_again_stay(world: World) -> None:
    photo = await world.ready()
    await world.trashed(photo)
    world.step.at = "delete/results"
    with pytest.raises(Crash):
        await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    tombstone = await world.load(photo)
    revived = await world.registered()
    await world.record(revived, *REQUIRED, job_id="job-2")
    world.step.at = ""
    await world.removing.remove_content(tombstone)  # a sweep that had found the tombstone before
    kept = await world.results.load_photo(owner_id=OWNER, photo_id=photo.photo_id)
    assert {result.key.stage for result in kept if result.key.job_id == "job-2"} == set(REQUIRED)


async def test_a_tombstone_is_forgotten_after_45_days_with_what_came_late(world: World) -> None:
    tombstone = await deleted(world)
    key = await world.store_blobs(await world.ready("two"))
    assert key
    world.clock.pass_(44 * DAY)
    await world.removing.sweep()
    assert await world.load(tombstone) == tombstone
    await world.derived.put(f"{OWNER}/{tombstone.file.sha256}/late.jpg", b"late")
    world.clock.pass_(2 * DAY)
    assert await world.removing.sweep() == 1
    with pytest.raises(PhotoNotFound):
        await world.load(tombstone)
    assert [stat.key async for stat in world.derived.list(f"{OWNER}/")] == [f"{key}/thumbnail.jpg"]


async def test_batches_trash_restore_and_delete(world: World) -> None:
    photos = [await world.registered(seed) for seed in ("one", "two")]
    ids = [photo.photo_id for photo in photos]
    trashed = await world.trashing.batch_trash(owner_id=OWNER, photo_ids=[*ids, "never"])
    assert (len(trashed.photos), [each.reason for each in trashed.failures]) == (2, ["PHOTO_NOT_FOUND"])
    restored = await world.trashing.batch_restore(owner_id=OWNER, photo_ids=ids[:1])
    assert [photo.trash_time for photo in restored.photos] == [None]
    gone = await world.trashing.batch_delete(owner_id=OWNER, photo_ids=ids)
    assert [each.reason for each in gone.failures] == ["PHOTO_NOT_TRASHED"]
    assert [photo.photo_id for photo in gone.photos] == ids[1:]
