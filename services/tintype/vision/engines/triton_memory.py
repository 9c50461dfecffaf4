"""Inputs in shared memory, for a Triton on this host: one region of ours, with a place for each request under way.

A region is a file in /dev/shm whose owner holds a lock on it; where that can be taken, the owner is dead.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tintype.kit.log import log_of
from tintype.vision.ports import Tensor

FOLDER: Final = Path("/dev/shm")
PREFIX: Final = "tintype-vision-"
PLACES: Final = 8
PLACE_BYTES: Final = 5 << 20  # 32 pictures of 224 pixels
LEAST_BYTES: Final = 16 << 10  # below that, sending is as fast
_YOUNG_S: Final = 60.0  # a file this new may not be locked yet by who makes it

_log: Final = log_of(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the region that one request has."""

    offset: int
    owner: list[int]

    def free(self) -> None:
        self.owner.append(self.offset)


class SharedInputs:
    """A region of shared memory. `registered` says whether the server knows it."""

    def __init__(self, file: Path, memory: mmap.mmap) -> None:
        self._memory = memory
        self._free = [place * PLACE_BYTES for place in range(PLACES)]
        self._usable = True
        self.name = file.name
        self.key = f"/{file.name}"
        self.size_bytes = PLACES * PLACE_BYTES
        self.registered = False

    @classmethod
    @contextmanager
    def open(cls, folder: Path = FOLDER) -> Iterator[SharedInputs | None]:
        """A region of this process, removed at the end; None where there is no room for it."""
        remove_left_over(folder)
        file = folder / f"{PREFIX}{secrets.token_hex(8)}"
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            _log.warning("triton_no_shared_memory", because=error.strerror)
            yield None
            return
        try:
            with _mapped(descriptor) as memory:
                yield cls(file, memory) if memory else None
        finally:
            file.unlink(missing_ok=True)
            os.close(descriptor)

    def take(self, tensor: Tensor) -> Place | None:
        """Copy a tensor into a free place; None if it is better sent. Bytes only: whatever a late reader of a place
        that has been given away finds there, is a picture."""
        if not self._usable or not self._free or tensor.dtype != np.uint8:
            return None
        if not LEAST_BYTES <= tensor.nbytes <= PLACE_BYTES:
            return None
        offset = self._free.pop()
        shown = np.ndarray(tensor.shape, np.uint8, buffer=self._memory, offset=offset)
        np.copyto(shown, tensor, casting="no")
        return Place(offset, self._free)

    def left_over(self, known: Iterable[str]) -> list[str]:
        """Of the regions that a server knows those of ours whose process is gone."""
        return [name for name in known if name.startswith(PREFIX) and not (FOLDER / name).exists()]

    def give_up(self, because: str) -> None:
        """The server cannot read it: it is on another host, or in another container."""
        _log.warning("triton_no_shared_memory", because=because)
        self._usable = False


def remove_left_over(folder: Path = FOLDER) -> None:
    """Remove the regions of processes that were killed."""
    for file in folder.glob(f"{PREFIX}*"):
        try:
            if time.time() - file.stat().st_mtime < _YOUNG_S:
                continue
            descriptor = os.open(file, os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink(missing_ok=True)
        except OSError:
            continue
        finally:
            os.close(descriptor)


@contextmanager
def _mapped(descriptor: int) -> Iterator[mmap.mmap | None]:
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        os.posix_fallocate(descriptor, 0, PLACES * PLACE_BYTES)  # a full folder would kill at the first write
    except OSError as error:
        _log.warning("triton_no_shared_memory", because=error.strerror)
        yield None
        return
    memory = mmap.mmap(descriptor, PLACES * PLACE_BYTES)
    try:
        yield memory
    finally:
        memory.close()
