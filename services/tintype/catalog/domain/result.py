"""What the stages find: immutable records, too big for the photo itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tintype.catalog.domain.capture import CaptureTime
from tintype.catalog.domain.location import Camera, Location, Place
from tintype.catalog.domain.stage import Stage


class Variant(StrEnum):
    """A form of a photo's picture."""

    ORIGINAL = "original"
    PREVIEW = "preview"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in fractions of width and height, from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveResult:
    """What decoding gave; sizes are after orientation."""

    width_px: int
    height_px: int
    thumbhash: bytes = b""
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataResult:
    """What a file says of itself."""

    capture_time: CaptureTime | None = None
    location: Location | None = None
    place: Place | None = None
    camera: Camera | None = None
    title: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    rating: int = 0
    orientation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedResult:
    """The vector of a photo: little-endian float32, comparable within `space` only."""

    space: str
    vector: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face; `points` and `vector` are little-endian float32, `vector` empty where it could not be aligned."""

    box: Box
    points: bytes
    score: float
    quality: float
    vector: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FacesResult:
    """Every face of a photo, in order of falling score."""

    faces: tuple[Face, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A thing or a scene; `box` is None for one of the whole picture."""

    name: str
    confidence: float
    box: Box | None = None
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsResult:
    """`labels` become tags; `raw` is the answer before thresholds."""

    labels: tuple[Label, ...] = ()
    raw: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line of text in a picture."""

    text: str
    confidence: float
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextResult:
    """The text in a picture, in reading order."""

    lines: tuple[TextLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionResult:
    """A sentence about a picture."""

    caption: str


Content = DeriveResult | MetadataResult | EmbedResult | FacesResult | LabelsResult | TextResult | CaptionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt failed; `final` if no further one can help."""

    error: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a worker says of one stage: content, a failure, or neither where the stage is skipped."""

    stage: Stage
    model: str
    make_time: datetime
    content: Content | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, order=True)
class ResultKey:
    """Names a record of one owner; the job is the id of the event that asked for it."""

    photo_id: str
    stage: Stage
    model: str
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """A stored record."""

    owner_id: str
    key: ResultKey
    make_time: datetime
    content: Content
