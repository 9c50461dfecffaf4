"""What the models of a pack are called on Triton, and how many rows they take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tintype.vision.manifest import Manifest, ModelSpec

CLIP_IMAGE: Final = "clip_image"
CLIP_TEXT: Final = "clip_text"
FACE_DETECT: Final = "face_detect"
FACE_EMBED: Final = "face_embed"
OBJECTS: Final = "objects"
LABELS: Final = "labels"

# The most rows of a request: above 32 pictures of 224 pixels a request is larger than 5 MB and gains nothing.
MOST_ROWS: Final[Mapping[str, int]] = {
    CLIP_IMAGE: 32,
    CLIP_TEXT: 16,
    FACE_DETECT: 8,
    FACE_EMBED: 32,
    OBJECTS: 8,
    LABELS: 32,
}


@dataclass(frozen=True, slots=True)
class TritonModel:
    """A model under its name on Triton; requests have at most `rows` rows. `size_bytes` is of its file."""

    name: str
    spec: ModelSpec
    rows: int
    size_bytes: int = 0


def roles(manifest: Manifest) -> dict[str, str]:
    """What each model of a pack does: one of the six names above, by the name that the pack gives it."""
    found: dict[str, str] = {}
    if encoder := manifest.encoder:
        found |= {encoder.image: CLIP_IMAGE, encoder.text: CLIP_TEXT}
    if faces := manifest.faces:
        found |= {faces.detector: FACE_DETECT, faces.embedder: FACE_EMBED}
    if manifest.objects:
        found[manifest.objects.model] = OBJECTS
    if manifest.classifier:
        found[manifest.classifier.model] = LABELS
    return found


def name_on_triton(role: str, manifest: Manifest) -> str:
    """Packs and their versions lie side by side, so that a library can go from one to another while both serve."""
    return f"{role}-{manifest.space}"


def takes_batches(spec: ModelSpec) -> bool:
    """Whether the graph leaves the number of rows open; some exports have it fixed at one."""
    tensors = (*spec.inputs.values(), *spec.outputs.values())
    return all(isinstance(tensor.shape[0], str) for tensor in tensors)


def on_triton(manifest: Manifest) -> dict[str, TritonModel]:
    """The models of a pack for the engine, by the names that vision asks for."""
    return {
        f"{manifest.space}/{name}": TritonModel(
            name_on_triton(role, manifest),
            manifest.models[name],
            MOST_ROWS[role] if takes_batches(manifest.models[name]) else 1,
            manifest.file(manifest.models[name].file).size,
        )
        for name, role in roles(manifest).items()
    }
