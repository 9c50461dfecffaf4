"""The image holds the packages of requirements-server.lock: no more than it may weigh, and nothing it must not hold."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = ROOT / "requirements-server.lock"
MOST_BYTES: Final = 600 * 10**6  # of wheels, which are deflated; the same packages unpacked are some 650 MB
TOO_HEAVY: Final = {"torch", "tensorflow", "torchvision", "jax"}
FOR_DEVELOPERS: Final = {"pytest", "mypy", "ruff", "grpcio-tools", "hypothesis"}
PINNED: Final = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)


def pinned(file: Path) -> dict[str, str]:
    return {name.lower(): version for name, version in PINNED.findall(file.read_text())}


def files() -> Iterator[Path]:
    """What the packages of the image put on the disk here; those for other systems are not installed."""
    for name in pinned(LOCK):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue
        yield from (Path(str(found.locate_file(file))) for file in found.files or [] if file.suffix != ".pyc")


def deflated(file: Path) -> int:
    """What a file weighs in a wheel, or a little more: wheels are packed with more effort."""
    return len(zlib.compress(file.read_bytes(), level=1)) if file.is_file() else 0


def test_the_packages_of_the_image_weigh_what_they_may() -> None:
    with ThreadPoolExecutor() as pool:
        weight = sum(pool.map(deflated, files(), chunksize=64))
    assert 100 * 10**6 < weight < MOST_BYTES


def test_the_image_has_what_the_tests_have_and_nothing_for_developers() -> None:
    image, everything = pinned(LOCK), pinned(ROOT / "requirements.lock")
    assert image.items() <= everything.items()
    assert not image.keys() & (TOO_HEAVY | FOR_DEVELOPERS)
    assert {"grpcio", "onnxruntime", "beanie", "nats-py", "minio", "elasticsearch", "tritonclient"} <= image.keys()
