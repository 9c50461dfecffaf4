"""config.pbtxt of a model: the same for NVIDIA's container and for the wheel, where a backend in Python stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tintype.vision.engines.triton_models import (
    CLIP_IMAGE,
    CLIP_TEXT,
    FACE_DETECT,
    FACE_EMBED,
    LABELS,
    MOST_ROWS,
    OBJECTS,
    takes_batches,
)
from tintype.vision.manifest import ModelSpec, TensorSpec

FILE: Final = "model.onnx"
MOST_WAITING: Final = 256
"""Requests in a model's queue; one more is refused, and tried again once the queue is shorter."""
LONGEST_WAIT_US: Final = 30_000_000  # unless the request says otherwise, and ours do
_TYPES: Final = {"uint8": "TYPE_UINT8", "int64": "TYPE_INT64", "float32": "TYPE_FP32"}


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a model uses a machine.

    `preferred` are the rows of a batch that is made of what waits. On a CPU `instances` run beside each other with
    `threads` each; only the Python backend knows `micro_batch`: slices of a large batch that it runs one after the
    other, because 8 rows are 9 to 11 % faster than 32.
    """

    preferred: tuple[int, ...]
    instances: int = 1
    threads: int = 2
    micro_batch: int = 0


# For two cores. Nothing waits for company: with a delay of 2 ms two instances ended up as one (0.43 of the rate).
CPU: Final[Mapping[str, Tuning]] = {
    CLIP_IMAGE: Tuning((8,), instances=2, threads=1, micro_batch=8),
    CLIP_TEXT: Tuning((4,)),
    FACE_DETECT: Tuning((2,)),
    FACE_EMBED: Tuning((8,)),
    OBJECTS: Tuning((2,)),
    LABELS: Tuning((8,)),
}
GPU: Final[Mapping[str, Tuning]] = {
    CLIP_IMAGE: Tuning((32, 64)),
    CLIP_TEXT: Tuning((16, 32)),
    FACE_DETECT: Tuning((8, 16)),
    FACE_EMBED: Tuning((32, 64)),
    OBJECTS: Tuning((8, 16)),
    LABELS: Tuning((32, 64)),
}


def configuration(
    role: str, spec: ModelSpec, *, outputs: Mapping[str, TensorSpec], gpu: bool = False, title: str = ""
) -> str:
    """The text of config.pbtxt.

    Args:
        role: one of the six names of `triton_models`.
        spec: what the model takes.
        outputs: what it gives, by the names in the graph.
        gpu: run it on a GPU, which the native backend alone can.
        title: said in the first line.
    """
    batches = takes_batches(spec)
    tuning = (GPU if gpu else CPU)[role]
    lines = [
        f"# {title or role}: written by 'tintype models install-triton', and again by the next one.",
        'backend: "onnxruntime"',
        f'default_model_filename: "{FILE}"',
        f"max_batch_size: {max(MOST_ROWS[role], *tuning.preferred) if batches else 0}",
        *_tensors("input", spec.inputs, batches=batches),
        *_tensors("output", outputs, batches=batches),
        "version_policy { latest { num_versions: 1 } }",
        f"instance_group [ {{ kind: {'KIND_GPU' if gpu else 'KIND_CPU'} count: {tuning.instances} }} ]",
        *(_batching(tuning) if batches else ()),
        *(() if gpu else _threads(tuning)),
        *_warm_up(spec, batches=batches),
    ]
    return "\n".join(lines) + "\n"


def _tensors(kind: str, tensors: Mapping[str, TensorSpec], *, batches: bool) -> Iterator[str]:
    """The number of rows is not said where there are batches: then Triton adds it."""
    yield f"{kind} ["
    for number, (name, tensor) in enumerate(tensors.items(), 1):
        shape = tensor.shape[1:] if batches else tensor.shape
        dims = ", ".join(str(dim) if isinstance(dim, int) else "-1" for dim in shape)
        comma = "," if number < len(tensors) else ""
        yield f'  {{ name: "{name}" data_type: {_TYPES[tensor.type]} dims: [ {dims} ] }}{comma}'
    yield "]"


def _batching(tuning: Tuning) -> Iterator[str]:
    yield "dynamic_batching {"
    yield f"  preferred_batch_size: [ {', '.join(map(str, tuning.preferred))} ]"
    yield "  max_queue_delay_microseconds: 0"
    yield "  default_queue_policy {"
    yield "    timeout_action: REJECT"
    yield f"    default_timeout_microseconds: {LONGEST_WAIT_US}"
    yield "    allow_timeout_override: true"
    yield f"    max_queue_size: {MOST_WAITING}"
    yield "  }"
    yield "}"


def _threads(tuning: Tuning) -> Iterator[str]:
    settings = {
        "intra_op_thread_count": str(tuning.threads),
        "inter_op_thread_count": "1",
        # Threads that spin while they wait take the cores from the other instances: 0.39 of the rate.
        "session.intra_op.allow_spinning": "0",
    }
    if tuning.micro_batch:
        settings["python.micro_batch"] = str(tuning.micro_batch)
    for key, value in settings.items():
        yield f'parameters {{ key: "{key}" value {{ string_value: "{value}" }} }}'


def _warm_up(spec: ModelSpec, *, batches: bool) -> Iterator[str]:
    """The first run of a graph takes several times as long: nobody should wait for it."""
    yield "model_warmup ["
    yield '  { name: "one" batch_size: 1'
    for name, tensor in spec.inputs.items():
        shape = tensor.shape[1:] if batches else tensor.shape
        dims = ", ".join(str(dim if isinstance(dim, int) else spec.canary.get(dim, 1)) for dim in shape)
        value = f"data_type: {_TYPES[tensor.type]} dims: [ {dims} ] zero_data: true"
        yield f'    inputs {{ key: "{name}" value {{ {value} }} }}'
    yield "  }"
    yield "]"
