"""The manifest of a model pack: its files, what its models take and give, and the numbers that belong to them."""

from __future__ import annotations

import json
from dataclasses import field
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from tintype.kit.errors import InvalidInput, NotFound
from tintype.vision.ports import Calibration

MANIFESTS = Path(__file__).parent / "packs"
SCHEMA = 1
STRICT = ConfigDict(extra="forbid")


class PackNotFound(NotFound):
    """No pack has this name."""

    reason = "NOT_FOUND"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no model pack {name!r}; there are: {', '.join(pack_names())}", pack=name)


class ManifestInvalid(InvalidInput):
    """A manifest that cannot be read: written by hand, or by a newer Tintype."""

    reason = "INVALID_ARGUMENT"


@dataclass(frozen=True, slots=True, config=STRICT)
class PackFile:
    """A file of a pack.

    `size` 0 and an empty `sha256` are not known: then what the upstream states is checked and recorded. `url` may be
    relative to the pack's `upstream`; empty means that the file comes from a mirror only.
    """

    path: str
    licence: str
    size: int = 0
    sha256: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class TensorSpec:
    """What a tensor looks like; a dimension that varies has a name, and the first is the batch."""

    type: Literal["uint8", "float32", "int64"]
    shape: tuple[int | str, ...]


ONLY = "*"
"""The name of an output where a graph has one, and exports of it differ in what they call it."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Front:
    """What is put before a float graph so that pictures travel as uint8 RGB [batch, height, width, 3].

    The graph gets (value - mean) / std for values of 0 to 255, channels in `order`.
    """

    order: Literal["RGB", "BGR"] = "RGB"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, config=STRICT)
class ModelSpec:
    """One model: its contract with `front` put before it. `canary` sizes the dimensions that vary, but the batch."""

    file: str
    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]
    front: Front | None = None
    max_batch: int = 1
    canary: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, config=STRICT)
class Encoder:
    """The pair that puts texts and pictures into one space.

    `zero_shot` says that it is fit to name things over a word list; `logit_scale` is its temperature.
    `cut` allows shorter token rows than `context` (exact for causal text towers whose export has a free length).
    """

    image: str
    text: str
    tokenizer: str
    size: int
    calibration: Calibration
    side_px: int = 224
    context: int = 77
    pad_id: int = 0
    cut: bool = False
    lower_case: bool = True
    squash: bool = False
    attention_mask: bool = False
    zero_shot: bool = False
    logit_scale: float = 100.0


@dataclass(frozen=True, slots=True, config=STRICT)
class FaceModels:
    """A detector of the YuNet kind and an embedder of aligned faces.

    `same_person` is the cosine similarity from which two faces count as one person's, for the grouping to start from.
    """

    detector: str
    embedder: str
    size: int
    same_person: float
    long_side_px: int = 640
    fixed_side: bool = False
    score: float = 0.6
    overlap: float = 0.3
    least_px: int = 16


@dataclass(frozen=True, slots=True, config=STRICT)
class ObjectModel:
    """A detector of the YOLOX kind; its scores become confidences by `calibration`.

    Its classes stand in the file `names`, a line each, or in the manifest.
    """

    model: str
    calibration: Calibration
    names: str = ""
    classes: tuple[str, ...] = ()
    side_px: int = 416
    overlap: float = 0.45
    floor: float = 0.1


@dataclass(frozen=True, slots=True, config=STRICT)
class ClassifierModel:
    """A classifier of whole pictures; `skip` classes at the start are no things (background)."""

    model: str
    output: str
    names: str
    calibration: Calibration
    side_px: int = 224
    skip: int = 0
    floor: float = 0.02


@dataclass(frozen=True, slots=True, config=STRICT)
class Manifest:
    """A pack. Name and version together name its vector space."""

    schema: int
    name: str
    version: str
    summary: str
    licence: str
    files: tuple[PackFile, ...] = ()
    models: dict[str, ModelSpec] = field(default_factory=dict)
    upstream: str = ""
    must_accept: bool = False
    limits: tuple[str, ...] = ()
    encoder: Encoder | None = None
    faces: FaceModels | None = None
    objects: ObjectModel | None = None
    classifier: ClassifierModel | None = None

    @property
    def space(self) -> str:
        return f"{self.name}-{self.version}"

    def file(self, path: str) -> PackFile:
        return next(file for file in self.files if file.path == path)


MANIFEST = TypeAdapter(Manifest)


def pack_names() -> tuple[str, ...]:
    """The packs that are known, sorted."""
    return tuple(sorted(path.stem for path in MANIFESTS.glob("*.json")))


def load_manifest(name: str, folder: Path = MANIFESTS) -> Manifest:
    """Read a manifest by the pack's name.

    Raises: PackNotFound; ManifestInvalid if it is not what this version understands.
    """
    path = folder / f"{name}.json"
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise PackNotFound(name)
    return read_manifest(path)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest from a file. Raises: ManifestInvalid."""
    try:
        values = json.loads(path.read_text("utf-8"))
        if values.get("schema") != SCHEMA:
            raise ManifestInvalid(f"{path.name} has schema {values.get('schema')}, this version reads {SCHEMA}")
        manifest = MANIFEST.validate_python(values)
    except (ValidationError, ValueError) as error:
        raise ManifestInvalid(f"{path.name} is not a manifest: {error}") from error
    check_references(manifest)
    return manifest


def check_references(manifest: Manifest) -> None:
    """Every file and model that is named must be there. Raises: ManifestInvalid."""
    files = {file.path for file in manifest.files}
    wanted_files = {model.file for model in manifest.models.values()}
    wanted_models: set[str] = set()
    if encoder := manifest.encoder:
        wanted_files.add(encoder.tokenizer)
        wanted_models |= {encoder.image, encoder.text}
    if faces := manifest.faces:
        wanted_models |= {faces.detector, faces.embedder}
    for part in (manifest.objects, manifest.classifier):
        if part:
            wanted_files |= {part.names} - {""}
            wanted_models.add(part.model)
    if missing := (wanted_files - files) | (wanted_models - manifest.models.keys()):
        raise ManifestInvalid(f"pack {manifest.name} names what it does not have: {', '.join(sorted(missing))}")
