"""Builds servers into the cache: once for each version and content, by one process at a time, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LAST_LINES: Final = 12
KEPT_LOG: Final = "build.log"


class Missing(Exception):
    """This machine lacks a tool; says which and how to get it."""


class BuildFailed(Exception):
    """A step of a build failed; holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder that becomes the built server, and a scratch folder beside it."""

    target: Path
    scratch: Path
    log: Path

    def run(
        self, *arguments: str | Path, environment: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        """Run one step. Raises BuildFailed."""
        with self.log.open("ab") as log:
            done = subprocess.run(
                [str(argument) for argument in arguments],
                cwd=cwd or self.scratch,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise BuildFailed(f"{arguments[0]} ended with {done.returncode}:\n{last_lines(self.log)}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one server is built. `inputs` is what else decides on the result, beside version and sources."""

    name: str
    version: str
    make: Callable[[Workshop], None]
    sources: Path | None = None
    inputs: tuple[str, ...] = ()

    def key(self) -> str:
        """The name of its folder in the cache: another version or content is another folder."""
        digest = hashlib.sha256("\0".join(self.inputs).encode())
        for file in sorted(self.sources.rglob("*")) if self.sources else []:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"\0{file.relative_to(self.sources or file)}\0".encode() + file.read_bytes())
        return f"{self.name}-{self.version}-{digest.hexdigest()[:12]}"


def ensure_built(recipe: Recipe, cache: Path, *, building: Callable[[], None] = lambda: None) -> Path:
    """The folder of the built server; calls `building` if it has to be built first. Raises BuildFailed."""
    built = cache / recipe.key()
    if built.is_dir():
        return built
    with locked(cache / f".{recipe.key()}.lock"):
        if not built.is_dir():
            building()
            _build(recipe, built)
    return built


def _build(recipe: Recipe, built: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=f".{recipe.name}-", dir=built.parent) as folder:
        workshop = Workshop(Path(folder, "target"), Path(folder, "scratch"), Path(folder, KEPT_LOG))
        workshop.target.mkdir()
        workshop.scratch.mkdir()
        recipe.make(workshop)
        shutil.copyfile(workshop.log, workshop.target / KEPT_LOG)
        workshop.target.rename(built)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """One process at a time; a killed one leaves no lock behind."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def last_lines(log: Path, count: int = _LAST_LINES) -> str:
    """The end of a log, for messages."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
