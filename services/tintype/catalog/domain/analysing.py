"""What results of analysis do to a photo, and how stages are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from tintype.catalog.domain.change import Change, changed, unchanged
from tintype.catalog.domain.fact import AnalysisRequested, Group, PhotoFact, PhotoReady, Priority
from tintype.catalog.domain.model import WantedModels
from tintype.catalog.domain.photo import Photo, Picture
from tintype.catalog.domain.result import DeriveResult, LabelsResult, MetadataResult, Outcome
from tintype.catalog.domain.source import ValueSource
from tintype.catalog.domain.stage import (
    NEED_PIXELS,
    PhotoState,
    Stage,
    StageState,
    StageStatus,
    in_order,
    state_of,
)
from tintype.catalog.domain.tag import Tag, Tags

UNDECODED = "the picture could not be decoded"


def applied(
    photo: Photo,
    outcomes: Sequence[Outcome],
    *,
    job_id: str,
    wanted: WantedModels,
    after_ready: Collection[Stage],
    now: datetime,
) -> Change:
    """Put results in force, count failed attempts, and say so once; late, unwanted and repeated ones do nothing.

    Args:
        photo: it, not deleted.
        outcomes: at most one a stage.
        job_id: the event that asked.
        wanted: whose results count.
        after_ready: the stages to ask for once the photo is ready.
        now: when.
    """
    after = photo
    for outcome in outcomes:
        if _counts(after, outcome, job_id, wanted):
            after = _with_outcome(after, outcome, job_id, now)
    if after == photo:
        return unchanged(photo)
    after, more = _once_ended(photo, after, wanted, after_ready, now)
    return changed(after, _groups(photo, after), *more)


def is_in_force(photo: Photo, outcome: Outcome, *, job_id: str) -> bool:
    """Whether this outcome is what the photo says of the stage now."""
    status = photo.status(outcome.stage)
    if status is None or outcome.failure is not None:
        return False
    if outcome.content is None:
        return status.state is StageState.SKIPPED
    return status.state is StageState.DONE and (status.model, status.job_id) == (outcome.model, job_id)


def asked_again(
    photo: Photo, stages: Iterable[Stage], now: datetime, *, priority: Priority = Priority.PERSON
) -> Change:
    """Set stages pending, their attempts at 0. What is in force stays until there is something newer."""
    statuses = {status.stage: status for status in photo.stages}
    asked = tuple(stage for stage in Stage if stage in set(stages))
    for stage in asked:
        old = statuses.get(stage)
        statuses[stage] = StageStatus(
            stage=stage,
            state=StageState.PENDING,
            request_time=now,
            model=old.model if old else "",
            job_id=old.job_id if old else "",
        )
    if not asked:
        return unchanged(photo)
    after = replace(photo, stages=in_order(statuses.values()))
    return changed(after, [*map(_group, asked), *_state_group(photo, after)], _request(photo, asked, priority))


def asked_once_more(photo: Photo, stages: Iterable[Stage], now: datetime) -> Change:
    """Ask for pending stages whose job seems lost; the attempts made so far still count."""
    lost = set(stages)
    asked = tuple(status.stage for status in photo.stages if status.stage in lost)
    statuses = [replace(status, request_time=now) if status.stage in lost else status for status in photo.stages]
    if not asked:
        return unchanged(photo)
    after = replace(photo, stages=tuple(statuses))
    facts = [_request(photo, group, priority) for priority, group in by_priority(photo, asked)]
    return changed(after, map(_group, asked), *facts)


def outdated(photo: Photo, wanted: WantedModels) -> list[Stage]:
    """The ended stages of a photo that another model is wanted for now. What cannot be decoded is left alone."""
    if photo.state is PhotoState.FAILED:
        return []
    return [
        status.stage
        for status in photo.stages
        if status.state in (StageState.DONE, StageState.SKIPPED)
        and (model := wanted.wanted(status.stage)) is not None
        and model.model not in ("", status.model)
    ]


def by_priority(photo: Photo, stages: Iterable[Stage]) -> list[tuple[Priority, tuple[Stage, ...]]]:
    """Which stages of a photo wait in which queue."""
    deferred = tuple(stage for stage in stages if stage in (Stage.TEXT, Stage.CAPTION))
    first = tuple(stage for stage in stages if stage not in deferred)
    queue = Priority.BACKLOG if photo.backlog else Priority.PERSON
    return [(priority, group) for priority, group in ((queue, first), (Priority.DEFERRED, deferred)) if group]


def _counts(photo: Photo, outcome: Outcome, job_id: str, wanted: WantedModels) -> bool:
    status = photo.status(outcome.stage)
    if not wanted.accepts(outcome):
        return False
    if outcome.failure is not None:
        pending = status is not None and status.state is StageState.PENDING
        return pending and status is not None and status.attempt_time != outcome.make_time
    if status is None or status.state is StageState.PENDING:
        return True
    if outcome.content is None:  # skipped: says nothing against a result that is there
        return status.state is StageState.FAILED
    if status.model == outcome.model:  # ids of events sort by time, so an older job's id is lower
        return status.job_id < job_id
    return True


def _with_outcome(photo: Photo, outcome: Outcome, job_id: str, now: datetime) -> Photo:
    status = photo.status(outcome.stage)
    status = status or StageStatus(stage=outcome.stage, state=StageState.PENDING, request_time=now)
    if outcome.failure is not None:
        failed = replace(
            status,
            attempts=status.attempts + 1,
            attempt_time=outcome.make_time,
            error=outcome.failure.error,
            state=StageState.FAILED if outcome.failure.final else StageState.PENDING,
            end_time=now if outcome.failure.final else None,
        )
        return _with_status(photo, failed, *_ended_with(photo, failed, now))
    if outcome.content is None:
        # Nothing is in force then; the model is kept, so that a wanted one that skips is not asked for ever again.
        skipped = replace(status, state=StageState.SKIPPED, model=outcome.model, job_id="", error="", end_time=now)
        return _with_status(photo, skipped)
    done = replace(
        status, state=StageState.DONE, model=outcome.model, job_id=job_id, error="", attempts=0, end_time=now
    )
    return _with_content(_with_status(photo, done), outcome, now)


def _ended_with(photo: Photo, failed: StageStatus, now: datetime) -> list[StageStatus]:
    """Without pixels, what needs them will never come."""
    if failed.stage is not Stage.DERIVE or failed.state is not StageState.FAILED:
        return []
    return [
        replace(status, state=StageState.FAILED, error=UNDECODED, end_time=now)
        for status in photo.stages
        if status.stage in NEED_PIXELS and status.state is StageState.PENDING
    ]


def _with_status(photo: Photo, *changed_ones: StageStatus) -> Photo:
    statuses = {status.stage: status for status in (*photo.stages, *changed_ones)}
    return replace(photo, stages=in_order(statuses.values()))


def _with_content(photo: Photo, outcome: Outcome, now: datetime) -> Photo:
    """Copy what is small into the photo; all else stays in the record."""
    content = outcome.content
    if isinstance(content, DeriveResult):
        picture = Picture(
            width_px=content.width_px,
            height_px=content.height_px,
            thumbhash=content.thumbhash,
            variants=content.variants,
        )
        return replace(photo, picture=picture)
    if isinstance(content, MetadataResult):
        return replace(photo, metadata=content, tags=_with_keywords(photo.tags, content.keywords, now))
    if isinstance(content, LabelsResult):
        return replace(photo, tags=_with_labels(photo.tags, content, outcome.model, now))
    return photo


def _with_keywords(tags: Tags, keywords: Iterable[str], now: datetime) -> Tags:
    file = tuple(Tag(name=word, source=ValueSource.XMP, set_time=now) for word in keywords if word.strip())
    return replace(tags, file=file)


def _with_labels(tags: Tags, labels: LabelsResult, model: str, now: datetime) -> Tags:
    found = tuple(
        Tag(
            name=label.name,
            source=ValueSource.MODEL,
            model=label.model or model,
            confidence=label.confidence,
            set_time=now,
        )
        for label in labels.labels
    )
    return replace(tags, model=found)


def _once_ended(
    before: Photo, after: Photo, wanted: WantedModels, after_ready: Collection[Stage], now: datetime
) -> tuple[Photo, list[PhotoFact]]:
    """The photo that just became usable is told, and asked for what may come later."""
    if before.state is not PhotoState.PROCESSING or after.state not in (PhotoState.READY, PhotoState.PARTIAL):
        return after, []
    facts: list[PhotoFact] = [PhotoReady(photo_id=after.photo_id, owner_id=after.owner_id, state=after.state)]
    later = [stage for stage in Stage if stage in after_ready and after.status(stage) is None]
    asked = tuple(stage for stage in later if wanted.has(stage))
    new = [
        StageStatus(stage=stage, state=StageState.PENDING, request_time=now)
        if stage in asked
        else StageStatus(stage=stage, state=StageState.SKIPPED, request_time=now, end_time=now)
        for stage in later
    ]
    if asked:
        facts.append(_request(after, asked, Priority.DEFERRED))
    return _with_status(after, *new), facts


def _groups(before: Photo, after: Photo) -> list[Group]:
    old = {status.stage: status for status in before.stages}
    stages = [_group(status.stage) for status in after.stages if old.get(status.stage) != status]
    return [*stages, *_state_group(before, after)]


def _state_group(before: Photo, after: Photo) -> list[Group]:
    return [Group.STATE] if state_of(before.stages) is not state_of(after.stages) else []


def _group(stage: Stage) -> Group:
    return Group(stage.value)


def _request(photo: Photo, stages: tuple[Stage, ...], priority: Priority) -> AnalysisRequested:
    return AnalysisRequested(photo_id=photo.photo_id, owner_id=photo.owner_id, stages=stages, priority=priority)
