"""The stages of analysis and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """One step of analysis."""

    DERIVE = "derive"
    METADATA = "metadata"
    EMBED = "embed"
    FACES = "faces"
    LABELS = "labels"
    TEXT = "text"
    CAPTION = "caption"


class StageState(StrEnum):
    """How far a stage is."""

    PENDING = "pending"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class PhotoState(StrEnum):
    """What the stages of a photo add up to."""

    PROCESSING = "processing"
    READY = "ready"
    PARTIAL = "partial"
    FAILED = "failed"


REQUIRED: Final = (Stage.DERIVE, Stage.METADATA, Stage.EMBED, Stage.FACES, Stage.LABELS)
NEED_PIXELS: Final = (Stage.EMBED, Stage.FACES, Stage.LABELS, Stage.TEXT, Stage.CAPTION)

_ORDER: Final = {stage: place for place, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStatus:
    """How far a stage is for one photo.

    `model` and `job_id` name the result record in force; they stay while the stage is asked for again. `attempts`
    counts the failed ones since `request_time`, `attempt_time` is that of the last of them.
    """

    stage: Stage
    state: StageState
    request_time: datetime
    model: str = ""
    job_id: str = ""
    attempts: int = 0
    attempt_time: datetime | None = None
    error: str = ""
    end_time: datetime | None = None


def state_of(stages: Iterable[StageStatus]) -> PhotoState:
    """A photo is PROCESSING until every required stage has ended; without DERIVE it is of no use."""
    states = {status.stage: status.state for status in stages}
    required = [states.get(stage, StageState.PENDING) for stage in REQUIRED]
    if StageState.PENDING in required:
        return PhotoState.PROCESSING
    if states[Stage.DERIVE] is StageState.FAILED:
        return PhotoState.FAILED
    return PhotoState.PARTIAL if StageState.FAILED in required else PhotoState.READY


def in_order(stages: Iterable[StageStatus]) -> tuple[StageStatus, ...]:
    """Statuses in the order of the stages."""
    return tuple(sorted(stages, key=lambda status: _ORDER[status.stage]))
