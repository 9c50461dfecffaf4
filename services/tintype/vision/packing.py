"""Making a pack from files that a person has: uint8 fronts, checked shapes, hashes, a manifest.

A float graph gets four nodes (Transpose, Cast, Mul, Add; one more for BGR, none that would do nothing) in front of it,
so that pictures travel as bytes; the difference to normalising outside is in the order of 1e-7.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, compose, helper, numpy_helper

from tintype.kit.errors import InvalidInput
from tintype.vision.digest import sha256_of
from tintype.vision.manifest import MANIFEST, ONLY, Front, Manifest, ModelSpec, read_manifest
from tintype.vision.tensors import canary_of, fits


class PackingFailed(InvalidInput):
    """The files do not fit the manifest."""

    reason = "INVALID_ARGUMENT"


def put_front(source: Path, target: Path, front: Front) -> None:
    """Write `source` with uint8 input `pixels` [batch, height, width, 3] to `target`, whole or not at all.

    Raises: PackingFailed if the graph's first input is not float [batch, 3, height, width].
    """
    body = onnx.load(str(source))
    name, shape = _picture_input(body)
    merged = compose.merge_models(
        helper.make_model(_front_graph(front, shape), opset_imports=body.opset_import, ir_version=body.ir_version),
        body,
        io_map=[("normalised", name)],
    )
    onnx.checker.check_model(merged)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    onnx.save(merged, str(unfinished))
    unfinished.replace(target)


def _picture_input(body: onnx.ModelProto) -> tuple[str, list[int | str]]:
    weights = {tensor.name for tensor in body.graph.initializer}
    inputs = [value for value in body.graph.input if value.name not in weights]
    kind = inputs[0].type.tensor_type if inputs else None
    if kind is None or kind.elem_type != TensorProto.FLOAT or len(kind.shape.dim) != 4:
        raise PackingFailed("the graph takes no float picture [batch, 3, height, width]")
    return inputs[0].name, [dim.dim_param or dim.dim_value for dim in kind.shape.dim]


def _front_graph(front: Front, shape: list[int | str]) -> onnx.GraphProto:
    batch, channels, height, width = shape
    steps: list[tuple[str, list[str], dict[str, int | list[int]]]] = [("Transpose", [], {"perm": [0, 3, 1, 2]})]
    constants = []
    if front.order == "BGR":
        constants.append(numpy_helper.from_array(np.array([2, 1, 0], np.int64), "front_channels"))
        steps.append(("Gather", ["front_channels"], {"axis": 1}))
    steps.append(("Cast", [], {"to": TensorProto.FLOAT}))
    std = np.array(front.std, np.float64)
    for kind, values in (("Mul", 1 / std), ("Add", -np.array(front.mean, np.float64) / std)):
        if not np.array_equal(values, np.full(3, 1.0 if kind == "Mul" else 0.0)):
            constants.append(numpy_helper.from_array(values.astype(np.float32).reshape(1, 3, 1, 1), f"front_{kind}"))
            steps.append((kind, [f"front_{kind}"], {}))
    names = ["pixels", *(f"front_{index}" for index in range(len(steps) - 1)), "normalised"]
    nodes = [
        helper.make_node(kind, [names[index], *extra], [names[index + 1]], None, None, None, None, **options)
        for index, (kind, extra, options) in enumerate(steps)
    ]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.UINT8, [batch, height, width, channels])
    normalised = helper.make_tensor_value_info("normalised", TensorProto.FLOAT, shape)
    return helper.make_graph(nodes, "front", [pixels], [normalised], constants)


def check_shapes(name: str, path: Path, model: ModelSpec) -> None:
    """Run the graph on its canary and compare with the manifest. Raises: PackingFailed."""
    options = ort.SessionOptions()
    options.log_severity_level = 3  # packs are full of harmless warnings
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    if (there := {value.name for value in session.get_inputs()}) != model.inputs.keys():
        raise PackingFailed(f"{name} takes {sorted(there)}, the manifest says {sorted(model.inputs)}")
    outputs = dict(
        zip((value.name for value in session.get_outputs()), session.run(None, canary_of(model)), strict=True)
    )
    for output, spec in model.outputs.items():
        tensor = next(iter(outputs.values())) if output == ONLY else outputs.get(output)
        if tensor is None or not fits(np.asarray(tensor), spec.shape):
            found = "nothing" if tensor is None else str(np.asarray(tensor).shape)
            raise PackingFailed(f"{name} gives {found} as {output}, the manifest says {spec.shape}")


def make_pack(manifest: Manifest, source: Path, target: Path) -> Manifest:
    """Make a pack folder from a draft manifest and a folder with its files.

    Returns: the manifest with sizes and hashes filled in, as written to `target`/manifest.json.
    Raises: PackingFailed if a file is missing or a graph does not fit.
    """
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for file in manifest.files:
        path = source / file.path
        if not path.is_file():
            raise PackingFailed(f"{file.path} is not in the folder")
        (target / file.path).parent.mkdir(parents=True, exist_ok=True)
        fronts = [model.front for model in manifest.models.values() if model.file == file.path and model.front]
        if fronts:
            put_front(path, target / file.path, fronts[0])
        else:
            (target / file.path).write_bytes(path.read_bytes())
        made = target / file.path
        files.append(replace(file, size=made.stat().st_size, sha256=sha256_of(made), url=""))
    models = {name: replace(model, front=None) for name, model in manifest.models.items()}
    for name, model in models.items():
        check_shapes(name, target / model.file, model)
    packed = replace(manifest, files=tuple(files), models=models, upstream="")
    text = json.dumps(MANIFEST.dump_python(packed, mode="json"), indent=2, ensure_ascii=False)
    (target / "manifest.json").write_text(text + "\n", "utf-8")
    return packed


def main(arguments: list[str] | None = None) -> int:
    """Make a pack: `pack DRAFT.json SOURCE TARGET`."""
    parser = argparse.ArgumentParser(prog="tintype models pack", description="Make a model pack from files you have.")
    parser.add_argument("draft", type=Path, help="a manifest without hashes; floats graphs have a `front`")
    parser.add_argument("source", type=Path, help="the folder with the files")
    parser.add_argument("target", type=Path, help="the folder to write the pack to")
    chosen = parser.parse_args(arguments)
    packed = make_pack(read_manifest(chosen.draft), chosen.source, chosen.target)
    print(f"{packed.space}: {len(packed.files)} files in {chosen.target}")
    return 0
