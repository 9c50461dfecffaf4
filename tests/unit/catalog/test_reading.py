"""Photos as their owner and other services see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.builders import OTHER, OWNER, make_outcome
from tests.catalog_world import World

from tintype.catalog.convert.answer import shown_to_proto
from tintype.catalog.convert.photo import photo_to_proto
from tintype.catalog.domain.editing import PhotoEdit
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.photo_filter import PhotoFilter
from tintype.catalog.domain.result import TextLine, TextResult
from tintype.catalog.domain.stage import REQUIRED, Stage
from tintype.catalog.ports.photo import PageKey, PhotoNotFound
from tintype.catalog.service.batching import TRASH, Batching
from tintype.catalog.service.many import Outcome


async def test_a_photo_is_its_owners_alone(world: World) -> None:
    photo = await world.registered()
    assert await world.reading.get_photo(owner_id=OWNER, photo_id=photo.photo_id) == photo
    with pytest.raises(PhotoNotFound):
        await world.reading.get_photo(owner_id=OTHER, photo_id=photo.photo_id)


async def test_the_text_found_is_that_of_the_result_in_force(world: World) -> None:
    photo = await world.ready()
    assert await world.reading.found_text(photo) == []
    lines = (TextLine(text="STOP", confidence=0.9), TextLine(text="NO PARKING", confidence=0.8))
    for job_id, content in (("job-1", TextResult(lines=lines[:1])), ("job-2", TextResult(lines=lines))):
        await world.analysing.record_result(
            owner_id=OWNER,
            photo_id=photo.photo_id,
            job_id=job_id,
            outcomes=[make_outcome(Stage.TEXT, content=content)],
        )
    assert await world.reading.found_text(await world.load(photo)) == ["STOP", "NO PARKING"]


async def test_a_batch_comes_in_the_order_asked_for_and_names_what_is_missing(world: World) -> None:
    one, two = await world.registered("one"), await world.registered("two")
    photos, missing = await world.reading.batch_get(owner_id=OWNER, photo_ids=[two.photo_id, "never", one.photo_id])
    assert (photos, missing) == ([two, one], ["never"])


async def test_results_in_force_come_with_their_photos_tombstones_included(world: World) -> None:
    photo = await world.ready()
    await world.record(photo, Stage.EMBED, job_id="job-2")
    gone = await world.trashed(await world.ready("gone"))
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=gone.photo_id)
    keys = [(OWNER, gone.photo_id), (OWNER, "never"), (OWNER, photo.photo_id), (OTHER, photo.photo_id)]
    found = await world.reading.batch_get_results(keys=keys, stages=[])
    assert [(each.photo.photo_id, each.photo.deletion is None) for each in found] == [
        (gone.photo_id, False),
        (photo.photo_id, True),
    ]
    assert {result.key.stage: result.key.job_id for result in found[1].results} == {
        stage: "job-2" if stage is Stage.EMBED else "job-1" for stage in REQUIRED
    }


async def test_photos_to_show_come_in_order_with_tombstones_from_their_cards_where_there_are_any(world: World) -> None:
    one, trashed, gone = await world.ready("one"), await world.ready("two"), await world.ready("three")
    trashed = await world.trashed(trashed)
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=(await world.trashed(gone)).photo_id)
    keys = [(OWNER, gone.photo_id), (OWNER, trashed.photo_id), (OTHER, one.photo_id), (OWNER, one.photo_id)]
    shown = await world.reading.batch_get_shown(keys=keys)
    assert [type(each) for each in shown] == [Photo, Photo, bytes]
    messages = [shown_to_proto(each, retention=timedelta(days=30)) for each in shown]
    assert [(each.photo.photo_id, each.deleted) for each in messages] == [
        (gone.photo_id, True),
        (trashed.photo_id, False),
        (one.photo_id, False),
    ]
    stored = await world.photos.load(owner_id=OWNER, photo_id=one.photo_id)
    assert messages[2].photo == photo_to_proto(stored, retention=timedelta(days=30))


async def test_one_change_reaches_every_photo_that_matches_once(world: World) -> None:
    for number in range(5):
        await world.registered(f"p{number}")
    reached: list[str] = []
    reports: list[tuple[int, int, PageKey]] = []

    async def shift(ids: list[str]) -> Outcome:
        reached.extend(ids)
        return await world.editing.batch_update(owner_id=OWNER, photo_ids=ids, edit=PhotoEdit(shift_minutes=-60))

    counts = await Batching(world.photos).change_all(
        OWNER, filter=PhotoFilter(), change=shift, report=lambda *report: reports.append(report)
    )
    assert counts == {"changed": 5, "failed": 0}
    assert len(set(reached)) == len(reached) == 5
    assert reports[-1][:2] == (5, 0)


async def test_emptying_the_trash_leaves_the_rest(world: World) -> None:
    kept = await world.registered("kept")
    for seed in ("one", "two"):
        await world.trashed(await world.registered(seed))
    counts = await Batching(world.photos).change_all(
        OWNER,
        filter=TRASH,
        change=lambda ids: world.trashing.batch_delete(owner_id=OWNER, photo_ids=ids),
        report=lambda *_: None,
    )
    assert counts == {"changed": 2, "failed": 0}
    page = await world.photos.page_all(owner_id=OWNER, limit=9)
    assert [photo.photo_id for photo in page.photos if photo.deletion is None] == [kept.photo_id]
