"""Finding pictures in folders."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

EXTENSIONS: Final = frozenset(
    {
        *("jpg", "jpeg", "jpe", "jfif", "jif", "mpo", "png", "apng", "webp", "gif", "tif", "tiff", "bmp", "dib"),
        *("heic", "heics", "heif", "heifs", "hif", "avif", "avifs"),
    }
)
# What systems and sync programs put beside pictures: recycle bins, thumbnails, resource forks.
SYSTEM_FOLDERS: Final = frozenset(
    {
        "#recycle",
        "$recycle.bin",
        "@eadir",
        "__macosx",
        "found.000",
        "lost+found",
        "recycler",
        "system volume information",
    }
)
_KINDS_TOLD: Final = 1000  # how many different extensions of other files are counted one by one


@dataclass(frozen=True, slots=True)
class Found:
    """A picture, by its name."""

    path: Path
    size_bytes: int


@dataclass(slots=True)
class Scan:
    """Walks through files and folders, in order of name; hidden ones, system folders and symbolic links are left out.

    `others` counts files of other kinds by extension, `links` symbolic links; `failed(path, error)` is told of what
    cannot be read.
    """

    paths: Sequence[Path]
    others: Counter[str] = field(default_factory=Counter)
    links: int = 0
    failures: list[tuple[Path, OSError]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Found]:
        for path in self.paths:
            yield from self._folder(path) if path.is_dir() else self._file(path)

    def _file(self, path: Path) -> Iterator[Found]:
        """A file that was named is taken whatever its extension: the server looks at its bytes."""
        try:
            yield Found(path, path.stat().st_size)
        except OSError as error:
            self.failures.append((path, error))

    def _folder(self, top: Path) -> Iterator[Found]:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    ordered = sorted(entries, key=lambda entry: entry.name)
            except OSError as error:
                self.failures.append((folder, error))
                continue
            below: list[Path] = []
            for entry in ordered:
                yield from self._entry(entry, below)
            waiting += reversed(below)

    def _entry(self, entry: os.DirEntry[str], below: list[Path]) -> Iterator[Found]:
        if entry.name.startswith("."):
            return
        try:
            if entry.is_symlink():
                self.links += 1
            elif entry.is_dir():
                if entry.name.lower() not in SYSTEM_FOLDERS:
                    below.append(Path(entry.path))
            elif extension_of(entry.name) in EXTENSIONS:
                yield Found(Path(entry.path), entry.stat().st_size)
            else:
                self._count_other(extension_of(entry.name))
        except OSError as error:
            self.failures.append((Path(entry.path), error))

    def _count_other(self, extension: str) -> None:
        known = extension in self.others or len(self.others) < _KINDS_TOLD
        self.others[extension if known else ""] += 1


def extension_of(name: str) -> str:
    """Lower case, without the dot; empty if there is none."""
    return os.path.splitext(name)[1][1:].lower()  # noqa: PTH122 - a million times: Path would take most of the scan
