"""What the figures were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

PACKAGES = ("grpcio", "numpy", "onnxruntime", "pillow", "protobuf", "pyvips", "pyvips-binary", "uvloop")


def facts() -> dict[str, object]:
    """Processor, memory, kernel, versions, and what disk and processor do right now."""
    cpu = _first(Path("/proc/cpuinfo"), "model name")
    flags = set(_first(Path("/proc/cpuinfo"), "flags").split())
    return {
        "cpu": cpu,
        "flags": sorted(flags & {"avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8"}),
        "cores": os.cpu_count(),
        "memory": _first(Path("/proc/meminfo"), "MemTotal"),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "load": os.getloadavg(),
        "fsyncs_per_s": round(fsyncs_per_s()),
        "sgemm_gflops": round(sgemm_gflops()),
    }


def commit() -> str:
    """The revision that was measured, with a mark if the tree had changes."""
    root = Path(__file__).resolve().parents[2]
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout.strip()


def fsyncs_per_s() -> float:
    """Small writes that reach the disk, one after the other."""
    with tempfile.NamedTemporaryFile() as file:
        start = time.perf_counter()
        for _ in range(200):
            file.write(b"x" * 512)
            file.flush()
            os.fsync(file.fileno())
        return 200 / (time.perf_counter() - start)


def sgemm_gflops() -> float:
    """What the matrix library does on all cores."""
    size = 1500
    a = np.ones((size, size), np.float32)
    a @ a
    start = time.perf_counter()
    for _ in range(3):
        a @ a
    return 3 * 2 * size**3 / (time.perf_counter() - start) / 1e9


def _first(file: Path, key: str) -> str:
    if not file.exists():
        return ""
    for line in file.read_text().splitlines():
        if line.startswith(key):
            return line.partition(":")[2].strip()
    return ""
