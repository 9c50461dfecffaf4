"""Packs in the model repository of a Triton: graphs, checked, and a configuration for each."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tintype.kit.errors import DataLoss
from tintype.vision.digest import sha256_of
from tintype.vision.engines.triton_models import name_on_triton, roles
from tintype.vision.manifest import ONLY, ModelSpec, TensorSpec
from tintype.vision.pack_store import InstalledPack, graph_file
from tintype.vision.triton_config import FILE, configuration

VERSION: Final = "1"  # of Triton's counting: ours is in the model's name, since what a model takes may change with it
CONFIGURATION: Final = "config.pbtxt"
_STAGING: Final = ".staging-"


class GraphDamaged(DataLoss):
    """A graph is not what was recorded when its pack was installed."""

    reason = "DATA_LOSS"


@dataclass(frozen=True, slots=True)
class Placed:
    """A model in the repository; `changed` says whether this installation wrote it."""

    name: str
    changed: bool


def install(pack: InstalledPack, repository: Path, *, digests: dict[str, str], gpu: bool = False) -> list[Placed]:
    """Put every model of a pack into a repository, beside the packs that are there; again changes nothing.

    A new model appears whole or not at all. A server that runs loads it when it is asked for.

    Args:
        pack: with its graphs.
        repository: is made when it is needed.
        digests: SHA-256 of the pack's files, as recorded when it was installed.
        gpu: for a server with a GPU and the native backend.

    Raises: GraphDamaged, OSError.
    """
    repository.mkdir(parents=True, exist_ok=True)
    with _alone(repository):
        return [_place(pack, repository, name, role, digests, gpu) for name, role in roles(pack.manifest).items()]


def _place(pack: InstalledPack, repository: Path, model: str, role: str, digests: dict[str, str], gpu: bool) -> Placed:
    spec = pack.manifest.models[model]
    graph = pack.path(graph_file(pack.manifest, spec))
    name, digest = name_on_triton(role, pack.manifest), digests[graph.name]
    if not _has(graph, digest):
        raise GraphDamaged(f"{graph.name} is not what was installed: run 'tintype models pull' again")
    outputs = outputs_of(graph, spec)
    text = configuration(role, spec, outputs=outputs, gpu=gpu, title=f"{role} of the pack {pack.manifest.space}")
    folder = repository / name
    if _has(folder / VERSION / FILE, digest) and _says(folder / CONFIGURATION, text):
        return Placed(name, changed=False)
    if folder.exists():
        _fill(folder, graph, digest, text)
    else:
        staging = repository / f"{_STAGING}{name}"
        _fill(staging, graph, digest, text)
        staging.rename(folder)
    return Placed(name, changed=True)


def outputs_of(graph: Path, spec: ModelSpec) -> dict[str, TensorSpec]:
    """What a graph gives by the names in it; a manifest may leave the only one open."""
    if list(spec.outputs) != [ONLY]:
        return spec.outputs
    import onnx  # 25 MB that other commands can do without

    [output] = onnx.load(str(graph), load_external_data=False).graph.output
    return {output.name: spec.outputs[ONLY]}


def _fill(folder: Path, graph: Path, digest: str, text: str) -> None:
    """Write both files, each whole or not at all; the configuration last, for without it no model is loaded."""
    (folder / VERSION).mkdir(parents=True, exist_ok=True)
    unfinished = folder / VERSION / f"{FILE}.part"
    unfinished.unlink(missing_ok=True)
    try:
        os.link(graph, unfinished)
    except OSError:  # another file system
        shutil.copyfile(graph, unfinished)
    if not _has(unfinished, digest):
        raise GraphDamaged(f"{graph.name} was not copied as it is")
    unfinished.chmod(0o644)  # Triton runs as somebody else
    unfinished.replace(folder / VERSION / FILE)
    unfinished = folder / f"{CONFIGURATION}.part"
    unfinished.write_text(text, "utf-8")
    unfinished.replace(folder / CONFIGURATION)


def _has(file: Path, digest: str) -> bool:
    return file.is_file() and sha256_of(file) == digest


def _says(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text("utf-8") == text


@contextmanager
def _alone(repository: Path) -> Iterator[None]:
    """No other installation works in the folder meanwhile, and what one that was killed left is gone."""
    descriptor = os.open(repository, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for folder in repository.glob(f"{_STAGING}*"):
            shutil.rmtree(folder)
        yield
    finally:
        os.close(descriptor)
