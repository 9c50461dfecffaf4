"""Memory that a decoder writes and the service reads, and descriptors of the files that it decodes."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import sys
import tempfile
from pathlib import Path
from typing import Final, Self

REGION_BYTES: Final = 64 * 2**20  # all arrays and JPEGs of one picture; pages cost memory only once they are written


class Region:
    """A fixed piece of shared memory, sealed so that the other side cannot shrink it under a reader's feet."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.memory = mmap.mmap(descriptor, REGION_BYTES, prot=mmap.PROT_READ)

    @classmethod
    def make(cls) -> Self:
        descriptor = _anonymous_file()
        os.ftruncate(descriptor, REGION_BYTES)
        if sys.platform == "linux":
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return cls(descriptor)

    def close(self) -> None:
        """The descriptor and the map; closing twice is closing once."""
        self.memory.close()
        with contextlib.suppress(OSError):
            os.close(self.descriptor)


def open_source(source: Path | bytes) -> int:
    """A descriptor to read the picture from, the caller's to close. Raises FileNotFoundError."""
    if isinstance(source, Path):
        return os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    descriptor = _anonymous_file()
    view = memoryview(source)
    while view:
        view = view[os.write(descriptor, view) :]
    return descriptor


def _anonymous_file() -> int:
    if sys.platform == "linux":
        return os.memfd_create("tintype-imaging", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
