"""What a worker is asked to do, and what it says of it; without transport, storage or models."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Stage(Enum):
    """One step of analysis; the value is its name in the groups of PhotoChanged."""

    DERIVE = "derive"
    METADATA = "metadata"
    EMBED = "embed"
    FACES = "faces"
    LABELS = "labels"
    TEXT = "text"
    CAPTION = "caption"


REQUIRED: Final = frozenset({Stage.DERIVE, Stage.METADATA, Stage.EMBED, Stage.FACES, Stage.LABELS})
FROM_FILE: Final = frozenset({Stage.DERIVE, Stage.METADATA})  # what decoding the file itself gives

CODE_MODEL: Final = "imaging/1"  # the "model" of the stages that need none; a new number makes their results anew

MODEL_PX: Final = 640  # the longest side that models get to see; the detectors of every pack work at this size or less

ATTEMPTS: Final = 5
SANDBOX_ATTEMPTS: Final = 2  # a decoder that died once may have been unlucky, twice it is the file


@dataclass(frozen=True, slots=True)
class Job:
    """What an event asks for: stages of a photo. `job_id` is the id of the event."""

    job_id: str
    owner_id: str
    photo_id: str
    stages: frozenset[Stage]


@dataclass(frozen=True, slots=True)
class Subject:
    """The photo of a job as the catalog knows it now.

    `pending` maps the stages to do to their failed attempts; `failed` says that another of them has ended FAILED.
    """

    sha256: bytes
    file_name: str
    pending: dict[Stage, int]
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed, in one sentence without file names or places; `final` ends the stage."""

    error: str
    final: bool
