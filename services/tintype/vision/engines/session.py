"""One model in ONNX Runtime, and the errors that it answers with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from tintype.vision.manifest import ONLY
from tintype.vision.ports import ModelsUnavailable, Tensor
from tintype.vision.tensors import HostedModel

# ONNX Runtime's errors share no base class of their own.
ORT_ERRORS: Final[tuple[type[Exception], ...]] = tuple(
    error for error in vars(ort_errors).values() if isinstance(error, type) and issubclass(error, Exception)
)
LOAD_ERRORS: Final[tuple[type[Exception], ...]] = (OSError, *ORT_ERRORS)
QUIET: Final = 3  # errors only: packs are full of harmless warnings about unused initialisers


class Run:
    """One run of a model, which can be ended from another thread."""

    def __init__(self) -> None:
        self._options = ort.RunOptions()
        self._options.log_severity_level = 4  # an ended run is no error worth a line

    def end(self) -> None:
        self._options.terminate = True

    @property
    def options(self) -> ort.RunOptions:
        return self._options


class Session:
    """A loaded graph. Thread-safe; creating it reads and optimises the file, which takes up to a second."""

    def __init__(self, name: str, model: HostedModel, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = QUIET
        # Spinning helps one session alone and costs a third of the rate when several share the cores.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._name = name
        self._outputs = list(model.spec.outputs)
        self._wanted = None if self._outputs == [ONLY] else self._outputs
        try:
            self._session = ort.InferenceSession(str(model.path), options, providers=["CPUExecutionProvider"])
            self.size_bytes = model.path.stat().st_size
        except LOAD_ERRORS as error:
            raise ModelsUnavailable(f"the model {name} cannot be loaded", model=name) from error

    def run(self, inputs: Mapping[str, Tensor], run: Run) -> dict[str, Tensor]:
        """Raises: ModelsUnavailable, also when the run was ended."""
        try:
            outputs = self._session.run(self._wanted, dict(inputs), run.options)
        except ORT_ERRORS as error:
            raise ModelsUnavailable(f"the model {self._name} failed", model=self._name) from error
        return {name: np.asarray(tensor) for name, tensor in zip(self._outputs, outputs, strict=True)}
