"""A Python-based backend that stands in for Triton's native one for ONNX Runtime.

Triton serves every model whose config.pbtxt says `backend: "onnxruntime"` through it. It reads parameters of the native
backend (intra_op_thread_count, inter_op_thread_count), so that one model repository runs on both, and of its own:

- `session.*`: handed on as ONNX Runtime's session configuration
- `python.micro_batch`: run a large batch in slices of so many rows (8 rows were 9 to 11 % faster than 32); 0 is off
- `python.row_threads`: run so many slices at once, for intra_op_thread_count 1; 1 is off
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime as ort
import triton_python_backend_utils as pb_utils
from numpy.typing import NDArray

Array = NDArray[np.generic]
Feed = dict[str, Array]


class Tensor(Protocol):
    def name(self) -> str: ...

    def as_numpy(self) -> Array: ...


class Request(Protocol):
    def inputs(self) -> list[Tensor]: ...

    def requested_output_names(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the place of its answer, its inputs, its outputs, its rows."""

    index: int
    feed: Feed
    names: list[str]
    rows: int

    def kind(self) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
        """Requests of one kind can run as one batch."""
        return tuple((name, array.dtype.str, array.shape[1:]) for name, array in sorted(self.feed.items()))


class TritonPythonModel:
    """One instance of one model. Triton calls initialize, execute, finalize by these names."""

    def initialize(self, args: dict[str, str]) -> None:
        config = json.loads(args["model_config"])
        parameters = {name: value["string_value"] for name, value in config.get("parameters", {}).items()}
        self._name = args["model_name"]
        self._batches = int(config.get("max_batch_size", 0)) > 0
        file = Path(
            args["model_repository"], args["model_version"], config.get("default_model_filename") or "model.onnx"
        )
        self._session = ort.InferenceSession(str(file), _options(parameters), providers=["CPUExecutionProvider"])
        self._inputs = [each.name for each in self._session.get_inputs()]
        self._outputs = [each.name for each in self._session.get_outputs()]
        self._micro_batch = int(parameters.get("python.micro_batch", "0"))
        self._threads = max(1, int(parameters.get("python.row_threads", "1")))
        self._pool = ThreadPoolExecutor(self._threads)

    def execute(self, requests: Sequence[Request]) -> list[object]:
        """Answers in the order of the requests; an error belongs to the request that has it."""
        answers: dict[int, object] = {}
        groups: dict[object, list[Asked]] = {}
        for index, request in enumerate(requests):
            try:
                asked = self._read(index, request)
            except ValueError as error:
                answers[index] = self._failed(error)
                continue
            groups.setdefault(asked.kind() if self._batches else index, []).append(asked)
        for group in groups.values():
            answers |= self._answer(group)
        return [answers[index] for index in range(len(requests))]

    def finalize(self) -> None:
        self._pool.shutdown()

    def _read(self, index: int, request: Request) -> Asked:
        tensors = {tensor.name(): tensor for tensor in request.inputs()}
        missing = [name for name in self._inputs if name not in tensors]
        if missing:
            raise ValueError(f"inputs are missing: {missing}")
        feed = {name: tensors[name].as_numpy() for name in self._inputs}  # views on shared memory
        rows = {array.shape[0] for array in feed.values()} if self._batches else {1}
        if len(rows) != 1:
            raise ValueError(f"the inputs disagree on the number of rows: {sorted(rows)}")
        wanted = set(request.requested_output_names()) or set(self._outputs)
        return Asked(index, feed, [name for name in self._outputs if name in wanted], rows.pop())

    def _answer(self, group: list[Asked]) -> dict[int, object]:
        """A group in one run. If that fails each by itself: the others still get their answer."""
        try:
            return self._run_group(group)
        except Exception as error:  # whatever ONNX Runtime raises is this request's error, and not the server's end
            if len(group) == 1:
                return {group[0].index: self._failed(error)}
        answers: dict[int, object] = {}
        for asked in group:
            answers |= self._answer([asked])
        return answers

    def _run_group(self, group: list[Asked]) -> dict[int, object]:
        names = [name for name in self._outputs if any(name in asked.names for asked in group)]
        stacked = {name: _stack([asked.feed[name] for asked in group]) for name in self._inputs}
        results = dict(zip(names, self._run(names, stacked, sum(asked.rows for asked in group)), strict=True))
        answers: dict[int, object] = {}
        begin = 0
        for asked in group:
            rows = slice(begin, begin + asked.rows) if len(group) > 1 else slice(None)
            begin += asked.rows
            tensors = [pb_utils.Tensor(name, np.ascontiguousarray(results[name][rows])) for name in asked.names]
            answers[asked.index] = pb_utils.InferenceResponse(tensors)
        return answers

    def _run(self, names: list[str], feed: Feed, rows: int) -> list[Array]:
        step = min(rows, self._micro_batch or rows, -(-rows // self._threads)) if self._batches else rows
        if step >= rows:
            return list(self._session.run(names, feed))
        parts = [{name: array[at : at + step] for name, array in feed.items()} for at in range(0, rows, step)]
        done = self._pool.map(lambda part: self._session.run(names, part), parts)
        return [np.concatenate(outputs) for outputs in zip(*done, strict=True)]

    def _failed(self, error: Exception) -> object:
        return pb_utils.InferenceResponse(error=pb_utils.TritonError(f"{self._name}: {type(error).__name__}: {error}"))


def _options(parameters: dict[str, str]) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = int(parameters.get("intra_op_thread_count", "0"))
    options.inter_op_num_threads = int(parameters.get("inter_op_thread_count", "0"))
    for name, value in parameters.items():
        if name.startswith("session."):
            options.add_session_config_entry(name, value)
    return options


def _stack(arrays: list[Array]) -> Array:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
