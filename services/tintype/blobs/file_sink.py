"""The way of bytes to the disk: around the page cache for files of a MiB and more, where the file system can.

A file that is synced at its end gains nothing from the cache, and pays for its pages: 5 MB took 3 ms to write and sync
instead of 14 where memory was fresh to a virtual machine, and instead of 4 where it was not.
"""

from __future__ import annotations

import errno
import fcntl
import os
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import Final

BUFFER_BYTES: Final = 1 << 20
_BLOCK: Final = 4096  # offsets, lengths and memory have to be multiples of what the disk writes at once
_KEPT: Final = 8
_DIRECT: Final[int] = getattr(os, "O_DIRECT", 0)  # Linux has it


class Buffers:
    """Memory that begins at a page; some is kept for the next file, for fresh pages cost more than writing them."""

    def __init__(self) -> None:
        self._kept: list[mmap] = []  # append and pop are atomic

    def take(self) -> mmap:
        """One that nobody else has."""
        try:
            return self._kept.pop()
        except IndexError:
            return mmap(-1, BUFFER_BYTES, flags=MAP_PRIVATE | MAP_ANONYMOUS)

    def give(self, buffer: mmap) -> None:
        """Take it back."""
        if len(self._kept) < _KEPT:
            self._kept.append(buffer)


class FileSink:
    """Appends to an open file; for one thread. Nothing is durable before `sync`. Every method may raise OSError."""

    def __init__(self, descriptor: int, offset: int, buffers: Buffers) -> None:
        self._stored = offset  # bytes that are in the file
        self._descriptor = descriptor
        self._buffers = buffers
        self._buffer: mmap | None = None
        self._filled = 0
        self._around = _DIRECT != 0 and offset % _BLOCK == 0  # whether the cache may be left out from here on
        self._direct = False  # whether it is

    def append(self, chunk: bytes) -> None:
        """Take bytes over; they may stay in memory until `sync`."""
        left = memoryview(chunk)
        while left and self._around:
            buffer = self._buffer = self._buffer or self._buffers.take()
            part = left[: BUFFER_BYTES - self._filled]
            buffer[self._filled : self._filled + len(part)] = part
            self._filled += len(part)
            left = left[len(part) :]
            if self._filled == BUFFER_BYTES:
                self._drain()
        self._write(left)

    def sync(self) -> None:
        """Make durable what came."""
        self._drain()
        os.fsync(self._descriptor)

    def close(self) -> None:
        """End the file as it is."""
        if self._buffer is not None:
            self._buffers.give(self._buffer)
            self._buffer = None
        os.close(self._descriptor)

    def cut(self, most: int) -> None:
        """After a failure: drop what never reached the file, and what it holds beyond `most` bytes."""
        self._filled = 0
        os.ftruncate(self._descriptor, min(most, self._stored))

    def _drain(self) -> None:
        if self._buffer is None or self._filled == 0:
            return
        filled, self._filled = self._filled, 0
        with memoryview(self._buffer) as taken:
            # What is small, and the end of what is not, goes through the cache.
            whole = filled - filled % _BLOCK if self._go_around(filled) else 0
            self._write(taken[:whole])
            if whole < filled:
                self._go_through()
                self._write(taken[whole:filled])

    def _write(self, view: memoryview) -> None:
        while view:
            try:
                written = os.write(self._descriptor, view)
            except OSError as error:
                if error.errno != errno.EINVAL or not self._direct:
                    raise
                self._go_through()  # a disk of larger blocks
                continue
            self._stored += written
            view = view[written:]

    def _go_around(self, size: int) -> bool:
        if not self._direct and self._around and size == BUFFER_BYTES:
            try:
                self._set(direct=True)
            except OSError:  # not this file system
                self._around = False
        return self._direct

    def _go_through(self) -> None:
        self._around = False
        if self._direct:
            self._set(direct=False)

    def _set(self, *, direct: bool) -> None:
        flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL) & ~_DIRECT
        fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags | _DIRECT if direct else flags)
        self._direct = direct
