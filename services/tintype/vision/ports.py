"""What a photo shows: the ports of the models that see, read and compare, and the engine that runs them.

Arrays of pictures are uint8 [height, width, 3], RGB, orientation applied. Boxes and points are fractions of the width
and the height, from the top left. A call that is cancelled takes its queued work back and ends a run that only it waits
for; a deadline is the caller's `asyncio.timeout`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp
from typing import Protocol

import numpy as np
import numpy.typing as npt

from tintype.kit.errors import InvalidInput, Unavailable

RgbImage = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float32]
Tensor = npt.NDArray[np.generic]


class ModelsUnavailable(Unavailable):
    """The models that this needs are not there yet, or do not run; the same call may succeed later."""

    reason = "MODELS_UNAVAILABLE"


class NotInPack(InvalidInput):
    """The serving pack cannot do this at all (its stage is SKIPPED), or the vector space is not served."""

    reason = "INVALID_ARGUMENT"


class DegenerateFace(InvalidInput):
    """The five points of a face coincide or lie on a line, so that no scale or angle can be told."""

    reason = "INVALID_ARGUMENT"


class Ability(StrEnum):
    """What a pack may be able to do, one for each stage that needs models."""

    EMBED = "embed"
    FACES = "faces"
    LABELS = "labels"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether one ability is there.

    `model` is the name and version that results are recorded with, empty where it is missing; then `missing` says why
    in one sentence.
    """

    ability: Ability
    model: str
    missing: str = ""

    @property
    def available(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve from the similarity of a text and a picture to how likely the picture is relevant."""

    midpoint: float
    slope: float

    def relevance(self, similarity: float) -> float:
        """Relevance in [0, 1]; 0.5 at the midpoint, rising with similarity."""
        power = -self.slope * (similarity - self.midpoint)
        return 1.0 / (1.0 + exp(min(power, 60.0)))


@dataclass(frozen=True, slots=True)
class Space:
    """A vector space: only vectors of one space can be compared.

    `name` is the pack's name and version, `size` the number of dimensions. `limits` says in one sentence what searching
    in it cannot do, empty where there is nothing to confess.
    """

    name: str
    size: int
    calibration: Calibration
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle inside the picture, in fractions of its width and height."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face.

    `points` are float32 [5, 2] (x, y): right eye, left eye, nose, right and left mouth corner. `score` is the
    detector's, `quality` (size, sharpness and pose together) is in [0, 1] as well. `aligned` is uint8 [112, 112, 3],
    upright, and `vector` the unit vector of it; both are None where the points are degenerate.
    """

    box: Box
    points: Matrix
    score: float
    quality: float
    aligned: RgbImage | None
    vector: Matrix | None


@dataclass(frozen=True, slots=True)
class Label:
    """A thing or a scene: a plain English word or two in lower case, with a calibrated confidence in [0, 1].

    `model` is the model of the pack that found it; `box` is None for a label of the whole picture.
    """

    name: str
    confidence: float
    model: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Labels:
    """What is in a picture: `accepted` counts as tags, `raw` is the answer before thresholds (at most 50).

    Both fall in confidence. A name stands in `accepted` once, with its surest answer; the other boxes are in `raw`.
    """

    accepted: tuple[Label, ...]
    raw: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text in a picture; the confidence is in [0, 1]."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class Download:
    """A pack on its way: bytes that are here and bytes in all (0 where the upstream has not said yet)."""

    pack: str
    file: str
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory, the size of its file, and for how long nobody has asked it anything."""

    name: str
    size_bytes: int
    idle_s: float


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand, for `doctor`, statistics and the search response.

    `why_not` is empty when the wanted pack serves and its models run; otherwise a sentence with a next step. `limits`
    are plain sentences about what the serving pack cannot do. `retry_in_s` is when the wanted pack is tried again, None
    if it is not.
    """

    wanted_pack: str
    serving_pack: str
    why_not: str
    limits: tuple[str, ...]
    capabilities: tuple[Capability, ...]
    download: Download | None
    retry_in_s: float | None
    loaded: tuple[LoadedModel, ...]
    memory_bytes: int
    licences: tuple[str, ...]


class Vision(Protocol):
    """Everything that services ask of models. Answers about itself (the last four) never wait for a model.

    Every method that runs one raises ModelsUnavailable when it cannot be had now, NotInPack when never.
    """

    async def embed_images(self, images: Sequence[RgbImage], *, space: str = "") -> Matrix:
        """Return float32 [n, size], unit rows in their order; an empty `space` means the first of `spaces()`."""

    async def embed_text(self, texts: Sequence[str], *, space: str = "") -> Matrix:
        """Return float32 [n, size], unit rows. Vectors of recent texts come from a cache."""

    async def detect_faces(self, image: RgbImage) -> tuple[Face, ...]:
        """Return the faces in order of falling score; an embedding is made of each that can be aligned."""

    async def detect_objects(self, image: RgbImage) -> tuple[Label, ...]:
        """Return things with boxes, in order of falling confidence, before thresholds; at most 50."""

    async def labels(self, image: RgbImage) -> Labels:
        """Return objects, things and scenes from all that the pack has, after thresholds and before."""

    async def read_text(self, image: RgbImage) -> tuple[TextLine, ...]:
        """Return the lines in reading order; none, cheaply, where a first look at a small copy finds no text."""

    def spaces(self) -> tuple[Space, ...]:
        """The spaces that can be encoded into now; the first is the one that new photos get."""

    def capabilities(self) -> tuple[Capability, ...]:
        """What the serving pack can do and what is missing: one for each Ability, in its order."""

    def status(self) -> Status:
        """How things stand now."""

    async def check(self) -> None:
        """Run every loaded model on a canary, and load again what fails. Raises ModelsUnavailable if that fails too."""


class Engine(Protocol):
    """Runs named models on tensors, and knows nothing of what they mean.

    What a model takes and gives is in its manifest. The first dimension of every tensor is the batch. Requests to one
    model at about the same time may be run as one batch. Cancelling `infer` takes the request out of the queue, or ends
    the run if nobody else waits for it.
    """

    async def infer(self, model: str, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return all outputs by name, rows in the order of the inputs'.

        Raises ModelsUnavailable if the model is not known, cannot be loaded or fails; TensorMismatch if names, types or
        shapes of `inputs` are not what it takes.
        """

    async def check(self, model: str) -> None:
        """Run the model's canary, loading it if need be. Raises ModelsUnavailable unless all outputs are finite."""

    async def reload(self, model: str) -> None:
        """Load it afresh, which is the repair of a model that fails; requests under way end with the old one."""

    async def unload(self, model: str) -> None:
        """Free its memory; the next request loads it again. Unloading what is not loaded is no error."""

    def loaded(self) -> tuple[LoadedModel, ...]:
        """The models in memory, by name."""


class TensorMismatch(InvalidInput):
    """Tensors that a model does not take: a mistake of the caller, never of the picture."""

    reason = "INVALID_ARGUMENT"
