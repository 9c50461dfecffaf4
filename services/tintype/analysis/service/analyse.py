"""Do the stages that a job asks for: decode once, look with every model, hand over what was found."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tintype.analysis.domain import (
    CODE_MODEL,
    FROM_FILE,
    MODEL_PX,
    REQUIRED,
    Failure,
    Job,
    Stage,
    Subject,
)
from tintype.analysis.ports import (
    Catalog,
    Content,
    Derivation,
    Embedding,
    FileMetadata,
    Meter,
    PhotoGone,
    StageResult,
    Unmetered,
)
from tintype.analysis.service.outcomes import failure_of, outcome_of
from tintype.blobs.ports import PREVIEW, THUMBNAIL, BlobStore, derived_key, original_key
from tintype.imaging.ports import (
    Decoded,
    FitWithin,
    Imaging,
    Metadata,
    Place,
    Request,
)
from tintype.kit.clock import Clock
from tintype.kit.errors import PASSING, Conflict, DomainError, InvalidInput
from tintype.kit.steps import Step, no_step
from tintype.vision.ports import Ability, RgbImage, Vision

# A record, a fact and a place in the index for each photo are saved by telling of its thumbnail and of what the models
# saw at once; models that take longer than this do not hold the thumbnail up.
TOGETHER_S: Final = 0.4

ABILITIES: Final[Mapping[Stage, Ability]] = {
    Stage.EMBED: Ability.EMBED,
    Stage.FACES: Ability.FACES,
    Stage.LABELS: Ability.LABELS,
    Stage.TEXT: Ability.TEXT,
}


class StageFailed(InvalidInput):
    """A stage has ended FAILED: doing the job again cannot help, so it is given up."""

    reason = "FAILED_PRECONDITION"


class StageToRetry(Conflict):
    """A stage failed and has attempts left."""


@dataclass(frozen=True, slots=True)
class Look:
    """The pixels that the models get."""

    small: RgbImage
    preview: RgbImage | None = None


class Analysis:
    """Works on jobs; holds nothing between them."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        originals: BlobStore,
        derived: BlobStore,
        imaging: Imaging,
        vision: Vision,
        clock: Clock,
        step: Step = no_step,
        meter: Meter | None = None,
    ) -> None:
        self._catalog = catalog
        self._originals = originals
        self._derived = derived
        self._imaging = imaging
        self._vision = vision
        self._clock = clock
        self._step = step
        self._meter = meter or Unmetered()

    async def analyse(self, job: Job) -> None:
        """Do what the photo still waits for. What an earlier delivery did is not done again; a gone photo is dropped.

        Raises StageToRetry while attempts are left, Unavailable, which counts no attempt, and StageFailed while a stage
        of the job is FAILED, whoever recorded that: a worker may have died before it gave the job up, or never have
        been told that its record got through, and the stream may forget that it handed the job out.
        """
        try:
            subject = await self._catalog.subject(job)
        except PhotoGone:
            return
        try:
            failures = await self._stages(job, subject)
        except PhotoGone:
            await self._discard_derived(job, subject)
            return
        if failures:
            kind = StageToRetry if any(not each.final for each in failures) else StageFailed
            raise kind("; ".join(sorted({each.error for each in failures})))
        if subject.failed:
            raise StageFailed("a stage had failed before")

    async def give_up(self, job: Job, error: str) -> None:
        """End every stage that the job still waits for as FAILED: it was delivered too often.

        Raises StageFailed, unless it was done all the same, or the photo is gone.
        """
        try:
            subject = await self._catalog.subject(job)
            failure = Failure(error=error, final=True)
            await self._record(job, [self._failed(stage, failure) for stage in subject.pending])
        except PhotoGone:
            return
        if subject.pending or subject.failed:
            raise StageFailed(error)

    async def _stages(self, job: Job, subject: Subject) -> list[Failure]:
        pending = subject.pending
        look: Look | None = None
        known: list[StageResult] = []
        if FROM_FILE & pending.keys():
            try:
                look, known = await self._open_file(job, subject)
            except (DomainError, FileNotFoundError) as error:
                return await self._file_failed(job, subject, error)
        looking = [stage for stage in pending if stage in ABILITIES]
        if not looking:
            await self._record(job, known)
            return []
        try:
            look = look or await self._open_preview(job, subject, looking)
        except (DomainError, FileNotFoundError) as error:
            failure = failure_of(error, max(pending[stage] for stage in looking))
            await self._record(job, [self._failed(stage, failure) for stage in looking])
            return [failure]
        results = await self._with_known(job, known, (self._look(stage, look, pending[stage]) for stage in looking))
        return [result.failure for result in results if result.failure is not None]

    async def _with_known(
        self, job: Job, known: list[StageResult], looks: Iterable[Awaitable[StageResult]]
    ) -> list[StageResult]:
        """Look, and record it with what is known already: together, unless that would keep people waiting."""
        looking = asyncio.ensure_future(gather(looks))
        try:
            if known:
                await asyncio.wait([looking], timeout=TOGETHER_S)
            if not looking.done() or looking.exception() is not None:
                await self._record(job, known)
                known = []
            results = await looking
        finally:
            looking.cancel()
        await self._record(job, [*known, *results])
        return results

    async def _open_file(self, job: Job, subject: Subject) -> tuple[Look, list[StageResult]]:
        """Decode the original and keep the derived pictures; returns what models look at, and what the file gave."""
        data = await self._originals.load(original_key(owner_id=job.owner_id, sha256=subject.sha256))
        request = Request(variants={"small": FitWithin(MODEL_PX)})
        with self._timed(Stage.DERIVE):
            decoded = await self._imaging.process(data, request)
        place = await self._place(decoded.metadata)
        await self._keep_derived(job, subject, decoded)
        await self._step("derived")
        results = [self._done(Stage.METADATA, CODE_MODEL, FileMetadata(decoded.metadata, place))]
        if decoded.derived is not None:
            content = Derivation(decoded.width_px, decoded.height_px, decoded.derived.thumbhash)
            results.insert(0, self._done(Stage.DERIVE, CODE_MODEL, content))
        return Look(small=decoded.variants["small"]), [each for each in results if each.stage in subject.pending]

    async def _keep_derived(self, job: Job, subject: Subject, decoded: Decoded) -> None:
        if decoded.derived is None:
            return
        pictures = {THUMBNAIL: decoded.derived.thumbnail_jpeg, PREVIEW: decoded.derived.preview_jpeg}
        async with asyncio.TaskGroup() as group:
            for variant, data in pictures.items():
                key = derived_key(owner_id=job.owner_id, sha256=subject.sha256, variant=variant)
                group.create_task(self._derived.overwrite(key, data))

    async def _discard_derived(self, job: Job, subject: Subject) -> None:
        """What was derived of a photo that went meanwhile: whoever removed it may have looked here before we wrote."""
        for variant in (THUMBNAIL, PREVIEW):
            await self._derived.delete(derived_key(owner_id=job.owner_id, sha256=subject.sha256, variant=variant))

    async def _place(self, metadata: Metadata) -> Place | None:
        if metadata.location is None:
            return None
        return await self._imaging.place_of(metadata.location.latitude_deg, metadata.location.longitude_deg)

    async def _open_preview(self, job: Job, subject: Subject, looking: list[Stage]) -> Look:
        """The derived preview, which the stages after the first decode look at."""
        key = derived_key(owner_id=job.owner_id, sha256=subject.sha256, variant=PREVIEW)
        data = await self._derived.load(key)
        request = Request(derived=False, preview=Stage.TEXT in looking, variants={"small": FitWithin(MODEL_PX)})
        decoded = await self._imaging.process(data, request)
        return Look(small=decoded.variants["small"], preview=decoded.preview)

    async def _look(self, stage: Stage, look: Look, attempts: int) -> StageResult:
        ability = ABILITIES[stage]
        capability = next(each for each in self._vision.capabilities() if each.ability is ability)
        if not capability.available:
            return StageResult(stage, "", self._clock.now())
        try:
            with self._timed(stage):
                content = await self._see(stage, look)
        except PASSING:
            raise
        except DomainError as error:
            return self._failed(stage, failure_of(error, attempts), capability.model)
        return self._done(stage, capability.model, content)

    async def _see(self, stage: Stage, look: Look) -> Content:
        if stage is Stage.EMBED:
            space = self._vision.spaces()[0].name
            return Embedding(space, (await self._vision.embed_images([look.small], space=space))[0])
        if stage is Stage.FACES:
            return await self._vision.detect_faces(look.small)
        if stage is Stage.LABELS:
            return await self._vision.labels(look.small)
        return await self._vision.read_text(look.small if look.preview is None else look.preview)

    async def _file_failed(self, job: Job, subject: Subject, error: DomainError | FileNotFoundError) -> list[Failure]:
        """Without pixels nothing can be done: every required stage that waits fails with the decoder's reason."""
        if isinstance(error, (*PASSING, PhotoGone)):
            raise error
        waiting = [stage for stage in subject.pending if stage in REQUIRED]
        failure = failure_of(error, max(subject.pending[stage] for stage in waiting))
        await self._record(job, [self._failed(stage, failure) for stage in waiting])
        return [failure]

    async def _record(self, job: Job, results: list[StageResult]) -> None:
        if results:
            await self._step("record")
            await self._catalog.record(job, results)
            await self._step("recorded")
        for result in results:
            self._meter.ended(result.stage, outcome_of(result))

    @contextmanager
    def _timed(self, stage: Stage) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._meter.took(stage, time.perf_counter() - start)

    def _done(self, stage: Stage, model: str, content: Content) -> StageResult:
        return StageResult(stage, model, self._clock.now(), content=content)

    def _failed(self, stage: Stage, failure: Failure, model: str = CODE_MODEL) -> StageResult:
        return StageResult(stage, model, self._clock.now(), failure=failure)


async def gather(calls: Iterable[Awaitable[StageResult]]) -> list[StageResult]:
    """All results in order; the first exception cancels the others and is raised itself, not as a group."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
