"""Triton from the wheel of PyTriton, with its native ONNX Runtime backend replaced by one in Python."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.native import grpc_probe, tools
from deploy.native.build import Recipe, Workshop
from deploy.native.layout import SOURCES
from deploy.native.server import Command, Place

VERSION: Final = "0.7.0"  # PyTriton's; the server in it is 2.51.0
# numpy 2 makes this server's stub return empty tensors. ONNX Runtime is the one of requirements.lock.
PACKAGES: Final = ("numpy==1.26.4", "onnxruntime==1.31.1")
_SOURCES: Final = SOURCES / "triton"
_TRUE: Final = b"\x08\x01"  # field 1, a boolean
_SHARED_MEMORY: Final = Path("/dev/shm")


class Triton:
    """Inference. Loads what lies in `models` of its folder; takes orders to load and unload."""

    name = "triton"
    ports = ("grpc", "metrics")

    def recipe(self) -> Recipe:
        return Recipe(
            self.name, VERSION, _make, sources=_SOURCES, inputs=(*PACKAGES, f"Python {tools.python().version}")
        )

    def command(self, place: Place) -> Command:
        models = place.folder / "models"
        models.mkdir(exist_ok=True)
        site = _site(place.built)
        libraries = [str(site / "nvidia_pytriton.libs"), tools.python().library]
        return Command(
            (str(site / "pytriton" / "tritonserver" / "bin" / "tritonserver"), *_options(place, models)),
            {
                "VIRTUAL_ENV": str(place.built / "venv"),
                "PATH": f"{place.built / 'venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
                "LD_LIBRARY_PATH": os.pathsep.join(each for each in libraries if each),
                "PYTHONHOME": "",
                "PYTHONPATH": "",
            },
        )

    def answers(self, place: Place) -> bool:
        """Whether it lives. Not whether it is ready: one model that does not load would make it unready as a whole."""
        return grpc_probe.answer_of(place.ports["grpc"], "/inference.GRPCInferenceService/ServerLive") == _TRUE

    def urls(self, place: Place) -> Mapping[str, str]:
        return {"inference": f"triton+grpc://127.0.0.1:{place.ports['grpc']}"}

    def ended(self, place: Place) -> None:
        """A killed server leaves its regions in shared memory."""
        for region in _SHARED_MEMORY.glob(f"{_region(place)}*"):
            region.unlink(missing_ok=True)


def _options(place: Place, models: Path) -> tuple[str, ...]:
    backends = place.built / "backends"
    return (
        f"--model-repository={models}",
        f"--backend-directory={backends}",
        "--model-control-mode=explicit",  # unload and load is the repair of a dead model
        "--load-model=*",
        "--exit-on-error=false",
        "--disable-auto-complete-config",  # ours are whole; else each load starts a second process to ask
        "--exit-timeout-secs=5",  # after a dead stub it waits for all of it
        "--backend-config=python,shm-default-byte-size=67108864",
        "--backend-config=python,shm-growth-byte-size=33554432",
        f"--backend-config=python,shm-region-prefix-name={_region(place)}",
        "--allow-http=false",
        *("--grpc-address=127.0.0.1", f"--grpc-port={place.ports['grpc']}"),
        *("--metrics-address=127.0.0.1", f"--metrics-port={place.ports['metrics']}", "--allow-gpu-metrics=false"),
        "--pinned-memory-pool-byte-size=0",
    )


def _region(place: Place) -> str:
    return f"triton_{place.ports['grpc']}_"


def _site(built: Path) -> Path:
    """Where its packages lie."""
    return next((built / "venv" / "lib").glob("python3.*")) / "site-packages"


def _make(workshop: Workshop) -> None:
    python = tools.python()
    venv = workshop.target / "venv"
    workshop.run(python.executable, "-m", "venv", venv)
    pip = (venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    workshop.run(*pip, *PACKAGES)
    workshop.run(*pip, "--no-deps", f"nvidia-pytriton=={VERSION}")  # the binaries alone, not what PyTriton needs
    server = _site(workshop.target) / "pytriton" / "tritonserver"
    backend = workshop.target / "backends" / "python"
    backend.mkdir(parents=True)
    for name in ("libtriton_python.so", "triton_python_backend_utils.py"):
        shutil.copy(server / "backends" / "python" / name, backend)
    shutil.copy(server / "python_backend_stubs" / python.version / "triton_python_backend_stub", backend)
    shutil.copytree(_SOURCES / "onnxruntime", workshop.target / "backends" / "onnxruntime")
    for program in (server / "bin" / "tritonserver", backend / "triton_python_backend_stub"):
        program.chmod(0o755)
