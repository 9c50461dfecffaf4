"""What a model takes, held against tensors: no runtime is needed for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tintype.vision.manifest import ModelSpec
from tintype.vision.ports import Tensor, TensorMismatch


@dataclass(frozen=True, slots=True)
class HostedModel:
    """A model and the file with its graph."""

    spec: ModelSpec
    path: Path


def rows_of(name: str, spec: ModelSpec, inputs: Mapping[str, Tensor]) -> int:
    """The number of rows of a request. Raises: TensorMismatch unless it is what the model takes."""
    if inputs.keys() != spec.inputs.keys():
        raise TensorMismatch(f"the model {name} takes {', '.join(sorted(spec.inputs))}", model=name)
    for key, tensor in inputs.items():
        wanted = spec.inputs[key]
        if tensor.dtype != np.dtype(wanted.type) or not fits(tensor, wanted.shape) or not len(tensor):
            raise TensorMismatch(
                f"the model {name} takes {key} as {wanted.type} {wanted.shape}, not {tensor.dtype} {tensor.shape}",
                model=name,
            )
    if len(counts := {len(tensor) for tensor in inputs.values()}) != 1:
        raise TensorMismatch(f"the inputs of the model {name} differ in rows", model=name)
    return counts.pop()


def fits(tensor: Tensor, shape: tuple[int | str, ...]) -> bool:
    """Whether a tensor has a shape whose named dimensions are free."""
    if tensor.ndim != len(shape):
        return False
    return all(isinstance(dim, str) or dim == size for dim, size in zip(shape, tensor.shape, strict=True))


def canary_of(model: ModelSpec, batch: int = 1) -> dict[str, Tensor]:
    """Inputs of a model's contract: grey pictures and ones, so that nothing is degenerate."""
    sizes = {**model.canary}
    canary: dict[str, Tensor] = {}
    for name, spec in model.inputs.items():
        shape = [batch, *(dim if isinstance(dim, int) else sizes.get(dim, 1) for dim in spec.shape[1:])]
        canary[name] = np.full(shape, 128 if spec.type == "uint8" else 1, np.dtype(spec.type))
    return canary
