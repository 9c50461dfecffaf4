"""The sandbox itself: what a decoder cannot do, and what its end costs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.unit.imaging.pictures import encoded, exif_block, quadrants

import tintype
from tintype.imaging.connect import connect, shared
from tintype.imaging.in_process import InProcessImaging
from tintype.imaging.ports import (
    CentreCrop,
    DecodeFailed,
    DecoderCrashed,
    DecodeTimeout,
    FitWithin,
    ImageTooLarge,
    Imaging,
    Request,
    UnsupportedMedia,
)
from tintype.imaging.settings import ImagingSettings
from tintype.kit.urls import Url, Urls

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own protections are Linux's")
SOURCES = str(Path(next(iter(tintype.__path__))).parent)
ONE = ImagingSettings(workers=1)
PICTURE = encoded(quadrants())
ALL = Request(preview=True, variants={"crop": CentreCrop(32), "fit": FitWithin(40)})


def _children() -> list[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    return [pid for task in tasks for pid in _children_of(task) if _is_decoder(pid)]


def _is_decoder(pid: int) -> bool:
    """Whether it decodes, or did and is left behind dead; other tests have processes of their own beside it."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return not command or "sandbox_worker" in command


def _children_of(task: Path) -> list[int]:
    try:
        return [int(pid) for pid in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []  # the thread ended after it was listed; its children went to another, which is listed too


async def _stopped_decoder(imaging: Imaging) -> int:
    """The one decoder, frozen: it hangs whatever it is given."""
    await imaging.process(PICTURE, Request(derived=False))
    (child,) = _children()
    os.kill(child, signal.SIGSTOP)
    return child


async def test_the_sandbox_gives_what_the_process_gives(tmp_path: Path) -> None:
    picture = encoded(quadrants(300, 200), exif=exif_block({271: "Canon", 306: "2023:07:14 12:00:00", 274: 6}))
    path = tmp_path / "a.jpg"
    path.write_bytes(picture)
    expected = await InProcessImaging().process(picture, ALL)
    async with connect(ONE) as imaging:
        for source in (picture, path):
            found = await imaging.process(source, ALL)
            assert (found.format, found.width_px, found.height_px) == (expected.format, 200, 300)
            assert found.metadata == expected.metadata
            assert found.derived == expected.derived
            assert found.preview is not None
            assert expected.preview is not None
            assert np.array_equal(found.preview, expected.preview)
            for name in ("crop", "fit"):
                assert np.array_equal(found.variants[name], expected.variants[name])


async def test_metadata_alone_needs_no_decode() -> None:
    async with connect(ONE) as imaging:
        found = await imaging.process(encoded(quadrants(), exif=exif_block({271: "Canon"})), Request(derived=False))
    assert found.metadata.camera.make == "Canon"
    assert (found.derived, found.preview, dict(found.variants)) == (None, None, {})


async def test_errors_cross_the_wall_with_their_reason() -> None:
    picture = encoded(quadrants(400, 300))
    async with connect(ImagingSettings(workers=1, most_pixels=200_000)) as imaging:
        with pytest.raises(DecodeFailed, match="premature end"):
            await imaging.process(picture[: len(picture) // 2], ALL)
        with pytest.raises(ImageTooLarge):
            await imaging.process(encoded(quadrants(600, 400)), ALL)
        with pytest.raises(UnsupportedMedia):
            await imaging.process(b"<svg/>", ALL)
        with pytest.raises(FileNotFoundError):
            await imaging.process(Path("/no/such/file.jpg"), ALL)
        assert (await imaging.process(picture, ALL)).width_px == 400


@LINUX
async def test_a_decoder_that_hangs_is_killed_and_replaced() -> None:
    async with connect(ImagingSettings(workers=1, time_per_50_megapixels=timedelta(seconds=1))) as imaging:
        child = await _stopped_decoder(imaging)
        with pytest.raises(DecodeTimeout):
            await imaging.process(PICTURE, ALL)
        assert child not in _children()
        assert (await imaging.process(PICTURE, ALL)).width_px == 64


@LINUX
async def test_a_decoder_that_dies_costs_one_picture() -> None:
    async with connect(ONE) as imaging:
        child = await _stopped_decoder(imaging)
        pending = asyncio.create_task(imaging.process(PICTURE, ALL))
        await asyncio.wait({pending}, timeout=0.3)  # it has its job by now; being stopped, it cannot have done it
        os.kill(child, signal.SIGKILL)
        with pytest.raises(DecoderCrashed):
            await pending
        assert (await imaging.process(PICTURE, ALL)).width_px == 64


@LINUX
async def test_a_decoder_that_died_between_pictures_costs_none() -> None:
    async with connect(ONE) as imaging:
        child = await _stopped_decoder(imaging)
        os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):  # the event loop may have been told first
            await asyncio.to_thread(os.waitid, os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert (await imaging.process(PICTURE, ALL)).width_px == 64


@LINUX
async def test_cancelling_ends_the_decode() -> None:
    async with connect(ONE) as imaging:
        child = await _stopped_decoder(imaging)
        pending = asyncio.create_task(imaging.process(PICTURE, ALL))
        await asyncio.wait({pending}, timeout=0.3)
        pending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pending
        assert child not in _children()


@LINUX
async def test_a_decoder_is_replaced_after_its_photos_and_none_is_left_behind() -> None:
    async with connect(ImagingSettings(workers=1, photos_per_worker=2)) as imaging:
        for _ in range(2):
            await imaging.process(encoded(quadrants()), Request(derived=False))
        assert _children() == []
        await imaging.process(encoded(quadrants()), Request(derived=False))
        assert len(_children()) == 1
    assert _children() == []


@LINUX
async def test_pictures_wait_for_a_free_decoder() -> None:
    async with connect(ImagingSettings(workers=2)) as imaging:
        picture = encoded(quadrants())
        found = await asyncio.gather(*(imaging.process(picture, Request(derived=False)) for _ in range(12)))
        assert len(found) == 12
        assert len(_children()) == 2


CONFINED = """
import os, socket, sys
sys.path.insert(0, sys.argv[1])
from tintype.imaging.confine import close_file_system, leave_network, limit_memory, limit_resources
protections = leave_network()
listener = socket.socket()  # made before: even what is open must lead nowhere
protections += limit_resources(memory_bytes=500 * 2**20, files=20) + close_file_system()
limit_memory(500 * 2**20, file_bytes=0)
def refused(act):
    try:
        act()
    except (OSError, MemoryError):
        return True
    return False
checks = {
    "no file system": lambda: open("/etc/hostname"),
    "no network": lambda: listener.connect(("127.0.0.1", int(sys.argv[2]))),
    "memory limit": lambda: bytearray(600 * 2**20),
    "descriptor limit": lambda: [os.dup(1) for _ in range(40)],
}
print([name for name, act in checks.items() if name in protections and not refused(act)])
"""


def test_what_a_protection_says_is_true() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        run = subprocess.run(
            [sys.executable, "-I", "-c", CONFINED, SOURCES, port],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.stdout.strip() == "[]", run.stderr


async def test_services_of_one_process_share_their_decoders() -> None:
    somewhere = Url("sqlite:///nowhere/library.db")
    async with Urls.opened(
        database=somewhere, events=somewhere, blobs=Url("file:///nowhere"), index=somewhere, inference=Url("onnx:")
    ) as urls:
        first, second = await shared(urls), await shared(urls)
        assert first is second
        assert (await first.process(PICTURE, Request())).width_px == 64
