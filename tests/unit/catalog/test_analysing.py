"""Results are put in force, counted and asked for."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.builders import (
    MODEL,
    OWNER,
    make_failure,
    make_metadata,
    make_outcome,
    make_result,
    make_skip,
)
from tests.catalog_world import World
from tests.clocks import NOON

from tintype.catalog.domain.editing import Field, PhotoEdit, Values
from tintype.catalog.domain.fact import AnalysisRequested, Group, PhotoChanged, PhotoReady, Priority
from tintype.catalog.domain.model import StageModel
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import LabelsResult, Outcome
from tintype.catalog.domain.source import ValueSource
from tintype.catalog.domain.stage import REQUIRED, PhotoState, Stage, StageState
from tintype.catalog.ports.photo import PhotoNotFound
from tintype.catalog.service.analysing import PhotoTrashed, Recorded, StageNotRetryable


async def recorded(world: World, photo: Photo, *outcomes: Outcome, job_id: str = "job-1") -> Recorded:
    return await world.analysing.record_result(
        owner_id=photo.owner_id, photo_id=photo.photo_id, job_id=job_id, outcomes=outcomes
    )


async def test_a_photo_is_ready_once_every_required_stage_has_ended(world: World) -> None:
    photo = await world.registered()
    await recorded(world, photo, make_outcome(Stage.DERIVE), make_outcome(Stage.METADATA))
    assert (await world.load(photo)).state is PhotoState.PROCESSING
    rest = [make_outcome(Stage.EMBED), make_skip(Stage.FACES), make_outcome(Stage.LABELS)]
    done = await recorded(world, photo, *rest)
    photo = await world.load(photo)
    assert photo.state is PhotoState.READY
    assert done == Recorded(3, (Stage.EMBED, Stage.FACES, Stage.LABELS), ())
    ready = [fact for fact in await world.facts(photo) if fact.revision == 3]
    groups = (Group.EMBED, Group.FACES, Group.LABELS, Group.TEXT, Group.STATE)
    assert ready == [
        PhotoChanged(photo_id=photo.photo_id, owner_id=OWNER, revision=3, groups=groups),
        PhotoReady(photo_id=photo.photo_id, owner_id=OWNER, revision=3, state=PhotoState.READY),
        AnalysisRequested(
            photo_id=photo.photo_id,
            owner_id=OWNER,
            revision=3,
            stages=(Stage.TEXT,),
            priority=Priority.DEFERRED,
        ),
    ]


async def test_a_failed_stage_makes_a_partial_photo(world: World) -> None:
    photo = await world.registered()
    others = [make_outcome(stage) for stage in REQUIRED if stage is not Stage.FACES]
    await recorded(world, photo, *others, make_failure(Stage.FACES, final=True))
    photo = await world.load(photo)
    assert photo.state is PhotoState.PARTIAL
    assert PhotoState.PARTIAL in [fact.state for fact in await world.facts(photo) if isinstance(fact, PhotoReady)]


async def test_an_undecodable_photo_fails_and_ends_what_needs_its_pixels(world: World) -> None:
    photo = await world.registered()
    await recorded(world, photo, make_failure(Stage.DERIVE, final=True), make_outcome(Stage.METADATA))
    photo = await world.load(photo)
    assert photo.state is PhotoState.FAILED
    assert {status.stage for status in photo.stages if status.state is StageState.FAILED} == set(REQUIRED) - {
        Stage.METADATA
    }
    assert not [fact for fact in await world.facts(photo) if isinstance(fact, PhotoReady)]


async def test_attempts_are_counted_once_each(world: World) -> None:
    photo = await world.registered()
    failure = make_failure(Stage.EMBED)
    assert (await recorded(world, photo, failure)).attempts == ((Stage.EMBED, 1),)
    assert (await recorded(world, photo, failure)).attempts == ((Stage.EMBED, 1),)
    later = make_failure(Stage.EMBED, make_time=NOON + timedelta(seconds=1))
    assert (await recorded(world, photo, later)).attempts == ((Stage.EMBED, 2),)
    status = (await world.load(photo)).status(Stage.EMBED)
    assert status is not None
    assert (status.state, status.error) == (StageState.PENDING, "it broke")


async def test_recording_twice_is_recording_once(world: World) -> None:
    photo = await world.registered()
    first = await recorded(world, photo, make_outcome(Stage.EMBED))
    again = await recorded(world, photo, make_outcome(Stage.EMBED))
    assert again == first
    assert len(await world.results.load_photo(owner_id=OWNER, photo_id=photo.photo_id)) == 1


async def test_a_crash_between_record_and_photo_is_mended_by_the_redelivery(world: World) -> None:
    photo = await world.registered()
    await world.results.add_many([make_result(Stage.EMBED)])
    assert (await recorded(world, photo, make_outcome(Stage.EMBED))).applied == (Stage.EMBED,)
    assert await world.results.count_owner(OWNER) == 1


async def test_results_of_unwanted_models_are_dropped(world: World) -> None:
    photo = await world.registered()
    await world.analysing.state_models([StageModel(stage=Stage.EMBED, model="better-1", rank=1)])
    assert (await recorded(world, photo, make_outcome(Stage.EMBED))).applied == ()
    assert await world.results.count_owner(OWNER) == 0
    better = await recorded(world, photo, make_outcome(Stage.EMBED, model="better-1"))
    assert better.applied == (Stage.EMBED,)
    assert (await recorded(world, photo, make_outcome(Stage.EMBED), job_id="job-9")).applied == ()
    status = (await world.load(photo)).status(Stage.EMBED)
    assert status is not None
    assert status.model == "better-1"


async def test_a_worker_without_a_stage_does_not_skip_what_a_better_one_has(world: World) -> None:
    photo = await world.registered()
    await world.analysing.state_models([StageModel(stage=Stage.FACES, model="faces-1", rank=1)])
    assert (await recorded(world, photo, make_skip(Stage.FACES))).applied == ()


async def test_a_lower_rank_never_replaces_a_higher_one(world: World) -> None:
    await world.analysing.state_models([StageModel(stage=Stage.EMBED, model="default", rank=1)])
    wanted = await world.analysing.state_models([StageModel(stage=Stage.EMBED, model="builtin", rank=0)])
    assert wanted.wanted(Stage.EMBED) == StageModel(stage=Stage.EMBED, model="default", rank=1)
    assert (await world.analysing.state_models([])) == wanted


async def test_an_older_job_of_the_same_model_comes_too_late(world: World) -> None:
    photo = await world.registered()
    await recorded(world, photo, make_outcome(Stage.EMBED), job_id="job-2")
    assert (await recorded(world, photo, make_outcome(Stage.EMBED), job_id="job-1")).applied == ()
    assert (await recorded(world, photo, make_outcome(Stage.EMBED), job_id="job-3")).applied == (Stage.EMBED,)


async def test_results_of_deleted_photos_are_dropped_and_of_unknown_ones_refused(world: World) -> None:
    photo = await world.trashed(await world.registered())
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=photo.photo_id)
    tombstone = await world.load(photo)
    assert await recorded(world, photo, make_outcome(Stage.EMBED)) == Recorded(tombstone.revision, (), ())
    with pytest.raises(PhotoNotFound):
        await world.analysing.record_result(
            owner_id=OWNER, photo_id="never", job_id="job-1", outcomes=[make_outcome(Stage.EMBED)]
        )


async def test_many_results_at_once_all_count(world: World) -> None:
    photo = await world.registered()
    await asyncio.gather(*(recorded(world, photo, make_outcome(stage)) for stage in REQUIRED))
    photo = await world.load(photo)
    assert (photo.state, photo.revision) == (PhotoState.READY, 6)


async def test_what_the_file_says_is_copied_into_the_photo(world: World) -> None:
    photo = await world.ready()
    metadata = make_metadata()
    assert (photo.capture_time, photo.location, photo.place) == (
        metadata.capture_time,
        metadata.location,
        metadata.place,
    )
    assert (photo.title, photo.description, photo.rating) == ("file title", "file description", 3)
    assert {(tag.name, tag.source) for tag in photo.tags.shown} == {
        ("holiday", ValueSource.XMP),
        ("dog", ValueSource.MODEL),
    }
    assert photo.picture is not None
    assert photo.picture.width_px == 640


async def test_what_the_owner_set_survives_every_result(world: World) -> None:
    photo = await world.registered()
    await world.editing.update_photo(
        owner_id=OWNER,
        photo_id=photo.photo_id,
        values=Values(title="mine", tags=("own",)),
        mask=[Field.TITLE, Field.TAGS],
        etag="",
    )
    await world.record(photo, *REQUIRED)
    photo = await world.load(photo)
    assert photo.title == "mine"
    assert photo.tags.shown[0].name == "own"


async def test_a_removed_tag_of_a_model_never_comes_back(world: World) -> None:
    photo = await world.ready()
    edit = PhotoEdit(remove_tags=("DOG",))
    await world.editing.edit_photo(owner_id=OWNER, photo_id=photo.photo_id, edit=edit)
    await world.record(photo, Stage.LABELS, job_id="job-2")
    photo = await world.load(photo)
    assert [tag.name for tag in photo.tags.shown] == ["holiday"]


async def test_new_labels_replace_the_old_ones_of_models_only(world: World) -> None:
    photo = await world.ready()
    labels = make_outcome(Stage.LABELS, content=LabelsResult())
    await recorded(world, photo, labels, job_id="job-2")
    assert [tag.name for tag in (await world.load(photo)).tags.shown] == ["holiday"]


async def test_background_results_leave_the_etag_alone(world: World) -> None:
    photo = await world.registered()
    await world.record(photo, *REQUIRED)
    assert (await world.load(photo)).etag == photo.etag


async def test_a_retry_by_a_person_starts_anew(world: World) -> None:
    photo = await world.registered()
    await recorded(world, photo, make_failure(Stage.FACES, final=True))
    photo = await world.analysing.retry_stages(owner_id=OWNER, photo_id=photo.photo_id, stages=[])
    status = photo.status(Stage.FACES)
    assert status is not None
    assert (status.state, status.attempts, status.error) == (StageState.PENDING, 0, "")
    asked = (await world.facts(photo))[-1]
    assert isinstance(asked, AnalysisRequested)
    assert (asked.stages, asked.priority) == ((Stage.FACES,), Priority.PERSON)


async def test_what_is_in_force_stays_while_a_stage_is_made_anew(world: World) -> None:
    photo = await world.ready()
    photo = await world.analysing.retry_stages(owner_id=OWNER, photo_id=photo.photo_id, stages=[Stage.EMBED])
    assert photo.state is PhotoState.PROCESSING
    [found] = await world.reading.batch_get_results(keys=[(OWNER, photo.photo_id)], stages=[Stage.EMBED])
    assert [result.key.model for result in found.results] == [MODEL]


async def test_only_what_ended_can_be_retried(world: World) -> None:
    photo = await world.registered()
    for stages in ([], [Stage.FACES], [Stage.CAPTION]):
        with pytest.raises(StageNotRetryable):
            await world.analysing.retry_stages(owner_id=OWNER, photo_id=photo.photo_id, stages=stages)
    await world.trashed(photo)
    with pytest.raises(PhotoTrashed):
        await world.analysing.retry_stages(owner_id=OWNER, photo_id=photo.photo_id, stages=[])


async def test_stages_are_requested_of_living_photos_as_work_that_may_wait(world: World) -> None:
    photo = await world.ready()
    gone = await world.trashed(await world.registered("gone"))
    await world.trashing.delete_photo(owner_id=OWNER, photo_id=gone.photo_id)
    keys = [(OWNER, photo.photo_id), (OWNER, gone.photo_id), (OWNER, "never")]
    assert await world.analysing.request_stages(keys=keys, stages=[Stage.EMBED]) == 1
    asked = (await world.facts(photo))[-1]
    assert isinstance(asked, AnalysisRequested)
    assert asked.priority is Priority.BACKLOG


async def test_text_is_skipped_where_no_pack_reads_it(world: World) -> None:
    await world.analysing.state_models([StageModel(stage=Stage.TEXT, model="", rank=0)])
    photo = await world.ready()
    status = photo.status(Stage.TEXT)
    assert status is not None
    assert status.state is StageState.SKIPPED
    assert not [fact for fact in await world.facts(photo) if isinstance(fact, AnalysisRequested)]
