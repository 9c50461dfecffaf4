"""A small disk of a test's own, in a file: it can be full, read-only, and lose power."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.faults.storm import Victim

MIB: Final = 1 << 20
# ext4's own way to be cut off as by a power failure: nothing more reaches the disk, not even its journal.
_SHUTDOWN: Final = 0x8004587D
_NO_LOG_FLUSH: Final = bytes([2, 0, 0, 0])
_EMPTIED: Final = "lost+found"
_FILLER: Final = ".filler"


class NoDisks(Exception):
    """This machine lets nobody mount a file."""


@dataclass(frozen=True)
class Disk:
    """An ext4 file system in `image`, mounted on `folder`."""

    image: Path
    folder: Path
    options: str = "loop"

    @property
    def free(self) -> int:
        """Bytes that can still be written."""
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize

    def fill(self, *, but: int = 0) -> None:
        """Take what is free, all `but` so many bytes."""
        with (self.folder / _FILLER).open("wb") as file:
            at, step = 0, 64 * MIB
            while step >= 512 and self.free > but:
                try:
                    os.posix_fallocate(file.fileno(), at, min(step, max(512, self.free - but)))
                except OSError:
                    step //= 2
                else:
                    at = os.fstat(file.fileno()).st_size

    def free_again(self) -> None:
        (self.folder / _FILLER).unlink(missing_ok=True)

    def cut(self) -> None:
        """From now on nothing reaches the disk; what was not synced before is lost."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, _NO_LOG_FLUSH)
        finally:
            os.close(descriptor)

    def mount(self) -> None:
        """Raises NoDisks."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _run("mount", "-o", self.options, str(self.image), str(self.folder))
        with suppress(OSError):
            (self.folder / _EMPTIED).rmdir()

    def remount(self, mode: str) -> None:
        """As "ro" or "rw". Raises NoDisks while files are open for writing."""
        _run("mount", "-o", f"remount,{mode}", str(self.folder))

    def unmount(self) -> None:
        _run("umount", str(self.folder))


@contextmanager
def mounted(image: Path, folder: Path, *, size: int, options: str = "loop") -> Iterator[Disk]:
    """A new one; gone at the end. Raises NoDisks."""
    disk = Disk(image, folder, options)
    with image.open("wb") as file:
        file.truncate(size)
    try:
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        disk.mount()
        try:
            yield disk
        finally:
            # Whoever still looks into it loses it a little later: nothing is written to it any more.
            subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)
    finally:
        image.unlink()


def can_mount() -> str:
    """Why this machine can have no such disk; empty if it can."""
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists():
        return "a disk of a test's own needs root and loop devices"
    return "" if shutil.which("mkfs.ext4") else "mkfs.ext4 is not installed"


needs_disks = pytest.mark.skipif(bool(can_mount()), reason=can_mount() or "never")


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoDisks(f"{' '.join(command)}: {getattr(error, 'stderr', error)}") from error


@dataclass(frozen=True)
class Full:
    """No room for a while; `probe` is called when it has lasted."""

    disk: Disk
    seconds: float
    probe: Callable[[], Awaitable[None]]

    async def happen(self) -> None:
        await asyncio.to_thread(self.disk.fill)
        try:
            await asyncio.sleep(self.seconds)
            assert self.disk.free < MIB
            await self.probe()
        finally:
            self.disk.free_again()


@dataclass(frozen=True)
class ReadOnly:
    """Nothing can be written for a while; `probe` is called when it has lasted."""

    disk: Disk
    seconds: float
    probe: Callable[[], Awaitable[None]]

    async def happen(self) -> None:
        await self._become("ro")
        try:
            await asyncio.sleep(self.seconds)
            with pytest.raises(OSError, match="Read-only"):
                (self.disk.folder / "probe").touch()
            await self.probe()
        finally:
            await self._become("rw")

    async def _become(self, mode: str) -> None:
        async with asyncio.timeout(30):
            while True:
                try:
                    return await asyncio.to_thread(self.disk.remount, mode)
                except NoDisks:  # a file is being written this moment
                    await asyncio.sleep(0.01)


@dataclass(frozen=True)
class PowerCut:
    """The disk and the process go off at once; both come back."""

    disk: Disk
    victim: Victim

    async def happen(self) -> None:
        before = self.victim.pid
        assert before
        self.disk.cut()
        with pytest.raises(OSError, match="error"):
            (self.disk.folder / "probe").write_bytes(b"x")
        await asyncio.to_thread(self.victim.kill)
        await self._unmount()
        await asyncio.to_thread(self.disk.mount)
        await asyncio.to_thread(self.victim.start)
        assert self.victim.pid not in (0, before)

    async def _unmount(self) -> None:
        """What the victim had begun, its decoders, holds files of the disk until it sees that the victim is gone."""
        async with asyncio.timeout(30):
            while True:
                try:
                    return await asyncio.to_thread(self.disk.unmount)
                except NoDisks:
                    await asyncio.sleep(0.05)
