"""Tiny graphs for tests of engines and packs, made on the spot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tintype.vision.manifest import ModelSpec, TensorSpec
from tintype.vision.tensors import HostedModel

SCALE = ModelSpec(
    file="scale.onnx",
    inputs={"x": TensorSpec("float32", ("batch", 3))},
    outputs={"y": TensorSpec("float32", ("batch", 3))},
    max_batch=4,
)


def save(path: Path, nodes: list[onnx.NodeProto], *, shape: list[int | str], constants: dict[str, object]) -> Path:
    """Write a graph from float `x` to float `y` of the same shape."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", "y")]
    weights = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", values[:1], values[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(path))
    return path


def scale_model(path: Path, factor: float) -> HostedModel:
    """y = factor * x for rows of three numbers."""
    nodes = [helper.make_node("Mul", ["x", "factor"], ["y"])]
    save(path, nodes, shape=["batch", 3], constants={"factor": np.array([factor], np.float32)})
    return HostedModel(SCALE, path)


def slow_model(path: Path, *, rounds: int) -> HostedModel:
    """x multiplied by a matrix so often that it takes a while: about a millisecond for three rounds."""
    nodes = [
        helper.make_node("MatMul", ["x" if i == 0 else f"t{i - 1}", "w"], ["y" if i == rounds - 1 else f"t{i}"])
        for i in range(rounds)
    ]
    weights = np.eye(1024, dtype=np.float32)
    save(path, nodes, shape=["batch", 1024], constants={"w": weights})
    spec = TensorSpec("float32", ("batch", 1024))
    return HostedModel(ModelSpec(file=path.name, inputs={"x": spec}, outputs={"y": spec}, max_batch=1), path)


def float_picture_graph(path: Path, *, channel: int) -> Path:
    """Means over height and width of a float picture [batch, 3, height, width], of which one channel is kept."""
    picture = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, "height", "width"])
    mean = helper.make_tensor_value_info("mean", TensorProto.FLOAT, ["batch"])
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("Gather", ["means", "channel"], ["mean"], axis=1),
    ]
    graph = helper.make_graph(
        nodes, "mean", [picture], [mean], [numpy_helper.from_array(np.array(channel, np.int64), "channel")]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path
