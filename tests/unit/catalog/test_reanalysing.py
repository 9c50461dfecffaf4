"""Stages are asked for again where another model is wanted now."""

from __future__ import annotations

from tests.builders import OTHER, OWNER, make_failure, make_skip
from tests.catalog_world import World

from tintype.catalog.domain.fact import AnalysisRequested, Priority
from tintype.catalog.domain.model import StageModel
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import REQUIRED, Stage
from tintype.catalog.service.reanalysing import Reanalysing


def reanalysing(world: World) -> Reanalysing:
    return Reanalysing(world.photos, world.models, world.writer)


async def asked(world: World, photo: Photo) -> list[tuple[tuple[Stage, ...], Priority]]:
    """What was asked of it besides the text that follows every import."""
    facts = [fact for fact in await world.facts(photo) if isinstance(fact, AnalysisRequested)]
    return [(fact.stages, fact.priority) for fact in facts if fact.priority is not Priority.DEFERRED]


async def test_a_better_pack_makes_anew_what_the_old_one_made_or_lacked(world: World) -> None:
    photo = await world.registered()
    await world.record(photo, *(stage for stage in REQUIRED if stage is not Stage.FACES))
    await world.analysing.record_result(
        owner_id=OWNER, photo_id=photo.photo_id, job_id="job-1", outcomes=[make_skip(Stage.FACES)]
    )
    trashed = await world.trashed(await world.ready("trashed"))
    better = [StageModel(stage=stage, model="better-1", rank=1) for stage in (Stage.EMBED, Stage.FACES)]
    await world.analysing.state_models(better)
    assert await reanalysing(world).ask_outdated() == 1
    assert await asked(world, photo) == [((Stage.EMBED, Stage.FACES), Priority.BACKLOG)]
    assert await asked(world, trashed) == []
    assert await reanalysing(world).ask_outdated() == 0


async def test_a_wanted_model_that_skips_is_not_asked_for_ever(world: World) -> None:
    photo = await world.registered()
    await world.analysing.state_models([StageModel(stage=Stage.FACES, model="faces-1")])
    skip = make_skip(Stage.FACES, model="faces-1")
    await world.analysing.record_result(owner_id=OWNER, photo_id=photo.photo_id, job_id="job-1", outcomes=[skip])
    assert await reanalysing(world).ask_outdated() == 0


async def test_an_administrator_asks_for_what_failed_of_one_user(world: World) -> None:
    photos = [await world.registered(owner_id=owner_id) for owner_id in (OWNER, OTHER)]
    for photo in photos:
        failed = [make_failure(Stage.LABELS, final=True), make_failure(Stage.EMBED, final=True)]
        await world.analysing.record_result(
            owner_id=photo.owner_id, photo_id=photo.photo_id, job_id="job-1", outcomes=failed
        )
    reports: list[int] = []
    done = await reanalysing(world).ask(
        stages=[Stage.EMBED, Stage.DERIVE],
        failed_only=True,
        user_id=OTHER,
        report=lambda count, position: reports.append(count),
        after=(),
    )
    assert (done, reports) == (1, [1])
    assert [await asked(world, photo) for photo in photos] == [[], [((Stage.EMBED,), Priority.BACKLOG)]]
