"""What the workers need from others: the catalog, which knows the photos and takes the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from tintype.analysis.domain import Failure, Job, Stage, Subject
from tintype.imaging.ports import Metadata, Place
from tintype.kit.errors import NotFound, Unavailable
from tintype.vision.ports import Face, Labels, Matrix, TextLine


class CatalogUnavailable(Unavailable):
    """The catalog does not answer."""


class PhotoGone(NotFound):
    """The photo was deleted, or never existed: nothing is to be done."""

    reason = "PHOTO_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Derivation:
    """What decoding gave; the JPEGs lie in blob storage. Sizes are with orientation applied."""

    width_px: int
    height_px: int
    thumbhash: bytes


@dataclass(frozen=True, slots=True)
class FileMetadata:
    """What the file says of itself, and what lies where it was taken."""

    metadata: Metadata
    place: Place | None


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A unit vector, float32 [size], and the space it belongs to."""

    space: str
    vector: Matrix


Content: TypeAlias = Derivation | FileMetadata | Embedding | tuple[Face, ...] | Labels | tuple[TextLine, ...]


@dataclass(frozen=True, slots=True, eq=False)
class StageResult:
    """What one stage found; without content it was skipped, or failed."""

    stage: Stage
    model: str
    make_time: datetime
    content: Content | None = None
    failure: Failure | None = None


class Meter(Protocol):
    """Counts what workers do."""

    def ended(self, stage: Stage, outcome: str) -> None:
        """A stage of a photo is done, skipped, failed, or to be tried again: `outcome` is one of these words."""

    def took(self, stage: Stage, seconds: float) -> None:
        """A stage was worked on for so long, waiting for its turn included."""


class Unmetered:
    """Meter where nobody reads it."""

    def ended(self, stage: Stage, outcome: str) -> None:
        """See `Meter`."""

    def took(self, stage: Stage, seconds: float) -> None:
        """See `Meter`."""


class Catalog(Protocol):
    """The catalog, as far as workers need it."""

    async def subject(self, job: Job) -> Subject:
        """The photo, and which stages of the job it still waits for. Raises PhotoGone, CatalogUnavailable."""

    async def record(self, job: Job, results: Sequence[StageResult]) -> None:
        """Hand over results, at most one a stage; repeating it changes nothing. Raises as `subject`."""

    async def check(self) -> None:
        """Return if it answers. Raises CatalogUnavailable."""

    async def offer(self, models: Mapping[Stage, str], *, rank: int) -> None:
        """State which model each stage has here, empty for none; `rank` orders packs. Raises CatalogUnavailable."""
