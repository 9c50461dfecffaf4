"""The downloader against a loopback server that plays a hub: redirects, broken connections, wrong bytes."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tintype.vision.download import DownloadCorrupt, Downloader, DownloadFailed

CONTENT = bytes(range(256)) * 12_000  # 3 MB: several chunks
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Hub:
    """Redirects /file to /store, as a hub does, and states size and SHA-256 on the redirect."""

    content: bytes = CONTENT
    stated: str = SHA256
    etag: str = '"v1"'
    cut_at: list[int] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    address: str = ""

    async def redirect(self, request: web.Request) -> web.StreamResponse:
        stated = {"X-Linked-Etag": f'"{self.stated}"', "X-Linked-Size": str(len(CONTENT))} if self.stated else {}
        return web.Response(status=302, headers={"Location": "/store", **stated})

    async def store(self, request: web.Request) -> web.StreamResponse:
        wanted = request.headers.get("Range")
        self.ranges.append(wanted)
        start = 0
        if wanted and request.headers.get("If-Range") == self.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        total = len(self.content)
        if start and start >= total:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{total}"})
        headers = {"ETag": self.etag, "Content-Length": str(total - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        await response.prepare(request)
        end = self.cut_at.pop(0) if self.cut_at else total
        await response.write(self.content[start:end])
        if end < total and request.transport:
            request.transport.close()
        return response


@asynccontextmanager
async def served(hub: Hub) -> AsyncIterator[Hub]:
    app = web.Application()
    app.router.add_get("/file", hub.redirect)
    app.router.add_get("/store", hub.store)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    hub.address = f"http://{host}:{port}"
    try:
        yield hub
    finally:
        await runner.cleanup()


async def at_once(seconds: float) -> None:
    """Between tries, nobody waits."""


@pytest.fixture
async def downloader() -> AsyncIterator[Downloader]:
    async with aiohttp.ClientSession() as session:
        yield Downloader(session, at_once)


def kept(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def ignored(done: int, total: int) -> None:
    """Nobody watches."""


async def test_a_file_comes_whole_through_a_redirect_with_progress(downloader: Downloader, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    async with served(Hub()) as hub:
        fetched = await downloader.fetch(
            f"{hub.address}/file", tmp_path / "f", progress=lambda done, total: seen.append((done, total))
        )
    assert (fetched.sha256, fetched.size) == (SHA256, len(CONTENT))
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert kept(tmp_path) == {"f"}


async def test_a_broken_connection_is_gone_on_with_where_it_broke(downloader: Downloader, tmp_path: Path) -> None:
    async with served(Hub(cut_at=[1_000_000, 2_000_000])) as hub:
        await downloader.fetch(f"{hub.address}/file", tmp_path / "f", sha256=SHA256, progress=ignored)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert hub.ranges[0] is None
    starts = [int(wanted.removeprefix("bytes=").removesuffix("-")) for wanted in hub.ranges[1:] if wanted]
    assert len(starts) == 2
    # What was on its way when the connection broke may be lost: it goes on with what arrived, never before it.
    assert 0 < starts[0] <= 1_000_000
    assert starts[0] <= starts[1] <= 2_000_000


async def test_a_new_process_goes_on_with_what_an_old_one_left(downloader: Downloader, tmp_path: Path) -> None:
    async with served(Hub(cut_at=[1_000_000] * 5)) as hub:
        with pytest.raises(DownloadFailed):
            await downloader.fetch(f"{hub.address}/file", tmp_path / "f", sha256=SHA256, progress=ignored)
        assert "f" not in kept(tmp_path)
        hub.cut_at.clear()
        hub.ranges.clear()
        await downloader.fetch(f"{hub.address}/file", tmp_path / "f", sha256=SHA256, progress=ignored)
    assert hub.ranges[0] is not None
    assert (tmp_path / "f").read_bytes() == CONTENT


async def test_a_file_that_changed_in_between_starts_again(downloader: Downloader, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(b"of another version")
    (tmp_path / "f.part.json").write_text('{"etag": "\\"v0\\""}')
    async with served(Hub()) as hub:
        await downloader.fetch(f"{hub.address}/file", tmp_path / "f", sha256=SHA256, progress=ignored)
    assert (tmp_path / "f").read_bytes() == CONTENT


@pytest.mark.parametrize("left", [len(CONTENT), len(CONTENT) + 5])
async def test_a_part_that_is_whole_or_too_long_ends_well(downloader: Downloader, tmp_path: Path, left: int) -> None:
    (tmp_path / "f.part").write_bytes((CONTENT + b"extra")[:left])
    (tmp_path / "f.part.json").write_text('{"etag": "\\"v1\\""}')
    async with served(Hub()) as hub:
        await downloader.fetch(f"{hub.address}/file", tmp_path / "f", sha256=SHA256, progress=ignored)
    assert (tmp_path / "f").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("hub", "size", "sha256"),
    [
        (Hub(content=CONTENT[:-1] + b"?"), 0, ""),  # not what the hub states
        (Hub(stated=""), 0, "0" * 64),  # not what the manifest states
        (Hub(), 17, SHA256),
    ],
)
async def test_wrong_bytes_are_not_kept(
    downloader: Downloader, tmp_path: Path, hub: Hub, size: int, sha256: str
) -> None:
    async with served(hub):
        with pytest.raises(DownloadCorrupt):
            await downloader.fetch(f"{hub.address}/file", tmp_path / "f", size=size, sha256=sha256, progress=ignored)
    assert kept(tmp_path) == set()


async def test_what_nobody_states_is_recorded(downloader: Downloader, tmp_path: Path) -> None:
    async with served(Hub(stated="")) as hub:
        fetched = await downloader.fetch(f"{hub.address}/file", tmp_path / "f", progress=ignored)
    assert (fetched.sha256, fetched.etag) == (SHA256, '"v1"')


async def test_a_missing_file_or_a_silent_host_is_told_apart_from_nothing(
    downloader: Downloader, tmp_path: Path
) -> None:
    async with served(Hub()) as hub:
        with pytest.raises(DownloadFailed, match="404"):
            await downloader.fetch(f"{hub.address}/nothing", tmp_path / "f", progress=ignored)
    with pytest.raises(DownloadFailed):  # the server is gone
        await downloader.fetch(f"{hub.address}/file", tmp_path / "f", progress=ignored)
    with pytest.raises(DownloadFailed, match="plain HTTP"):
        await downloader.fetch("http://models.example/file", tmp_path / "f", progress=ignored)
