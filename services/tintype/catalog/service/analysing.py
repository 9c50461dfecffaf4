"""Results of analysis are stored, put in force, and asked for again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tintype.catalog.domain.analysing import applied, asked_again, is_in_force
from tintype.catalog.domain.change import Change, unchanged
from tintype.catalog.domain.fact import Priority
from tintype.catalog.domain.model import StageModel, WantedModels
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Outcome, ResultKey, StageResult
from tintype.catalog.domain.stage import Stage, StageState
from tintype.catalog.ports.model import ModelsConflict, WantedModelsRepository
from tintype.catalog.ports.photo import PhotoRepository
from tintype.catalog.ports.result import ResultRepository
from tintype.catalog.service.writing import Decide, PhotoWriter
from tintype.kit.errors import FailedPrecondition
from tintype.kit.steps import Step, no_step
from tintype.kit.turns import tried


class StageNotRetryable(FailedPrecondition):
    """The stage did not fail, or the library does not have it."""

    reason = "STAGE_NOT_RETRYABLE"

    def __init__(self, stage: str) -> None:
        super().__init__(f"stage {stage} cannot be retried", stage=stage)


class PhotoTrashed(FailedPrecondition):
    """The photo is in the trash; restore it first."""

    reason = "PHOTO_TRASHED"

    def __init__(self, photo_id: str) -> None:
        super().__init__(f"photo {photo_id} is in the trash", photo_id=photo_id)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the results of a job."""

    revision: int
    applied: tuple[Stage, ...]
    attempts: tuple[tuple[Stage, int], ...]


async def _nothing() -> None:
    """Where nobody is to hear of another model."""


class Analysing:
    """Keeps what workers find; `switched` is told when another model is wanted than made what there is."""

    def __init__(
        self,
        photos: PhotoRepository,
        results: ResultRepository,
        models: WantedModelsRepository,
        writer: PhotoWriter,
        *,
        after_ready: Collection[Stage],
        switched: Callable[[], Awaitable[object]] = _nothing,
        step: Step = no_step,
    ) -> None:
        self._photos = photos
        self._results = results
        self._models = models
        self._writer = writer
        self._after_ready = frozenset(after_ready)
        self._switched = switched
        self._step = step

    async def record_result(
        self, *, owner_id: str, photo_id: str, job_id: str, outcomes: Sequence[Outcome]
    ) -> Recorded:
        """Store records of what counts, then replace the photo once. Unwanted and late results are dropped.

        Raises: PhotoNotFound if the photo never existed.
        """
        wanted = await self._models.load()
        photo = await self._photos.load(owner_id=owner_id, photo_id=photo_id)
        counting = [outcome for outcome in outcomes if photo.deletion is None and wanted.accepts(outcome)]
        await self._store_records(photo, counting, job_id)
        await self._step("result/stored")
        photo = await self._put_in_force(photo, counting, job_id, wanted)
        await self._step("result/in_force")
        return Recorded(
            revision=photo.revision,
            applied=tuple(each.stage for each in counting if is_in_force(photo, each, job_id=job_id)),
            attempts=tuple(
                (each.stage, status.attempts)
                for each in counting
                if each.failure is not None and (status := photo.status(each.stage)) is not None
            ),
        )

    async def state_models(self, offered: Sequence[StageModel]) -> WantedModels:
        """Keep what a worker offers where it ranks no lower; returns what is wanted now.

        Where that is another model than before, what the old one made is asked for again; the sweep for it follows up.
        """

        async def attempt() -> tuple[WantedModels, bool]:
            known = await self._models.load()
            wanted = known.offered(offered)
            if wanted is known:
                return known, False
            return await self._models.replace(wanted), known.is_switch_to(wanted)

        wanted, switched = await tried(attempt, overtaken=ModelsConflict)
        if switched:
            await self._switched()
        return wanted

    async def retry_stages(self, *, owner_id: str, photo_id: str, stages: Collection[Stage]) -> Photo:
        """Ask again, attempts at 0, for the stages or for all that failed.

        Raises: PhotoNotFound, PhotoTrashed, StageNotRetryable.
        """
        wanted = await self._models.load()

        def decide(photo: Photo, now: datetime) -> Change:
            if photo.trash_time is not None:
                raise PhotoTrashed(photo_id)
            return asked_again(photo, _retryable(photo, stages, wanted), now)

        return await self._writer.change(owner_id=owner_id, photo_id=photo_id, decide=decide)

    async def request_stages(self, *, keys: Sequence[tuple[str, str]], stages: Collection[Stage]) -> int:
        """Ask for stages of photos (owner and id) as work that may wait; returns of how many."""
        requested = 0
        for owner_id, photo_id in keys:
            found = await self._photos.load_many(owner_id=owner_id, photo_ids=[photo_id])
            if found and found[0].deletion is None:
                await self._writer.change(owner_id=owner_id, photo_id=photo_id, tombstones=True, decide=_asking(stages))
                requested += 1
        return requested

    async def _store_records(self, photo: Photo, outcomes: Sequence[Outcome], job_id: str) -> None:
        records = [
            StageResult(
                owner_id=photo.owner_id,
                key=ResultKey(photo.photo_id, outcome.stage, outcome.model, job_id),
                make_time=outcome.make_time,
                content=outcome.content,
            )
            for outcome in outcomes
            if outcome.content is not None
        ]
        if records:
            await self._results.add_many(records)

    async def _put_in_force(
        self, photo: Photo, outcomes: Sequence[Outcome], job_id: str, wanted: WantedModels
    ) -> Photo:
        def decide(photo: Photo, now: datetime) -> Change:
            if photo.deletion is not None:
                return unchanged(photo)
            return applied(photo, outcomes, job_id=job_id, wanted=wanted, after_ready=self._after_ready, now=now)

        if not outcomes:
            return photo
        return await self._writer.change(
            owner_id=photo.owner_id, photo_id=photo.photo_id, decide=decide, tombstones=True, known=photo
        )


def _asking(stages: Collection[Stage]) -> Decide:
    def decide(photo: Photo, now: datetime) -> Change:
        if photo.deletion is not None:
            return unchanged(photo)
        return asked_again(photo, stages, now, priority=Priority.BACKLOG)

    return decide


def _retryable(photo: Photo, stages: Collection[Stage], wanted: WantedModels) -> list[Stage]:
    """The stages to ask for again. Raises StageNotRetryable."""
    ended = {status.stage for status in photo.stages if status.state is not StageState.PENDING}
    failed = {status.stage for status in photo.stages if status.state is StageState.FAILED}
    for stage in stages:
        if stage not in ended or not wanted.has(stage):
            raise StageNotRetryable(stage.name)
    chosen = set(stages) or failed
    if not chosen:
        raise StageNotRetryable("")
    return [stage for stage in Stage if stage in chosen]
