"""Stages are asked for again where another model is wanted now."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from tests.builders import OTHER, OWNER, make_failure, make_skip
from tests.catalog_world import World

from tintype.catalog.convert.edit import reanalysis_of
from tintype.catalog.domain.fact import AnalysisRequested, Priority
from tintype.catalog.domain.model import StageModel
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.stage import REQUIRED, Stage
from tintype.catalog.service.analysing import Analysing
from tintype.catalog.service.reanalysing import Reanalysing
from tintype.kit.operations.domain import OperationKind


@dataclass
class Started:
    """The operations that were started, by kind."""

    kinds: list[OperationKind] = field(default_factory=list)

    async def start(self, *, owner_id: str, kind: OperationKind, arguments: str = "") -> None:
        assert not reanalysis_of(arguments).stages
        self.kinds.append(kind)


def reanalysing(world: World, started: Started | None = None) -> Reanalysing:
    return Reanalysing(world.photos, world.models, world.writer, started or Started())


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


@pytest.mark.parametrize(
    ("models", "switches"),
    [
        pytest.param(["a-1"], 0, id="the first model switches nothing"),
        pytest.param(["a-1", "a-1"], 0, id="nor does the same one again"),
        pytest.param(["a-1", "b-1"], 1, id="another one does"),
        pytest.param(["", "b-1"], 1, id="or one where there was none"),
        pytest.param(["a-1", ""], 0, id="a pack that lacks the stage keeps what there is"),
    ],
)
async def test_another_wanted_model_begins_to_ask_at_once(world: World, models: list[str], switches: int) -> None:
    started = Started()
    switched = reanalysing(world, started).start
    analysing = Analysing(world.photos, world.results, world.models, world.writer, after_ready=[], switched=switched)
    for rank, model in enumerate(models):
        await analysing.state_models([StageModel(stage=Stage.FACES, model=model, rank=rank)])
    assert started.kinds == [OperationKind.REANALYSE] * switches
