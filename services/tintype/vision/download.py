"""Fetching files of packs: with progress, resumed where they broke off, checked, and there whole or not at all."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from yarl import URL

from tintype.kit.errors import DataLoss
from tintype.vision.digest import sha256_of
from tintype.vision.ports import ModelsUnavailable

CHUNK_BYTES: Final = 1 << 20
TRIES: Final = 5  # of one file, going on where the one before broke off
FIRST_PAUSE_S: Final = 0.5
TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)
SHA256: Final = re.compile(r"[0-9a-f]{64}")
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

Progress = Callable[[int, int], None]
"""Told how many bytes of the file are here, and of how many (0: not stated)."""


class DownloadFailed(ModelsUnavailable):
    """The upstream cannot be reached, has no such file, or breaks off too often."""


class DownloadCorrupt(DataLoss):
    """What came is not what the manifest or the upstream states; nothing of it is kept."""

    reason = "DATA_LOSS"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is here: its SHA-256, size, and the ETag that the upstream gave it."""

    sha256: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the upstream says about a file: a hub states the SHA-256 of big files on its redirect (X-Linked-Etag)."""

    etag: str
    sha256: str
    size: int


class Downloader:
    """Fetches over HTTPS (plain HTTP from this machine only).

    Args:
        session: with the timeouts to use.
        pause: waits for so many seconds between tries.
    """

    def __init__(
        self, session: aiohttp.ClientSession, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._session = session
        self._pause = pause

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Downloader]:
        async with aiohttp.ClientSession(timeout=TIMEOUT, auto_decompress=False) as session:
            yield cls(session)

    async def fetch(self, url: str, target: Path, *, size: int = 0, sha256: str = "", progress: Progress) -> Fetched:
        """Fetch `url` to `target`; what a broken try left in `target`.part is gone on with.

        Raises: DownloadFailed; DownloadCorrupt.
        """
        part = target.with_name(f"{target.name}.part")
        for attempt in range(TRIES):
            try:
                stated = await self._receive(url, part, size, progress)
                break
            except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, TimeoutError) as error:
                if attempt == TRIES - 1:
                    raise DownloadFailed(f"{target.name} cannot be fetched now", file=target.name) from error
                await self._pause(FIRST_PAUSE_S * 2**attempt)
            except aiohttp.ClientError as error:
                raise DownloadFailed(f"the upstream of {target.name} answers nonsense", file=target.name) from error
        fetched = await asyncio.to_thread(_checked, part, stated, size, sha256)
        part.replace(target)
        _note(part).unlink(missing_ok=True)
        return fetched

    async def _receive(self, url: str, part: Path, size: int, progress: Progress) -> _Stated:
        _require_safe(URL(url))
        have, etag = _left_over(part)
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": etag}
        async with self._session.get(url, headers=headers) as response:
            _require_safe(response.url)
            stated = _stated(response)
            if response.status == 416:  # nothing beyond what is here: it is whole, or from another version
                if have == (stated.size or size):
                    return stated
                _forget(part)
                raise aiohttp.ClientPayloadError("the rest does not exist")
            if response.status not in (200, 206):
                raise DownloadFailed(f"the upstream answers {response.status} for {part.stem}", file=part.stem)
            goes_on = response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if response.status == 206 and not goes_on:
                _forget(part)
                raise aiohttp.ClientPayloadError("another range came than was asked for")
            await asyncio.to_thread(_note(part).write_text, json.dumps({"etag": response.headers.get("ETag", "")}))
            total = stated.size or size
            with part.open("ab" if goes_on else "wb") as file:
                done = have if goes_on else 0
                progress(done, total)
                async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                    await asyncio.to_thread(file.write, chunk)
                    done += len(chunk)
                    progress(done, total)
            return stated


def _require_safe(url: URL) -> None:
    if url.scheme != "https" and url.host not in LOOPBACK:
        raise DownloadFailed(f"{url.host} is not asked over plain HTTP", host=url.host or "")


def _note(part: Path) -> Path:
    """Beside a part: the ETag of the version that it is of."""
    return part.with_name(f"{part.name}.json")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _left_over(part: Path) -> tuple[int, str]:
    """How much is here, and of which version; nothing where that is not known."""
    try:
        etag = json.loads(_note(part).read_text()).get("etag", "")
        return (part.stat().st_size, etag) if etag else (0, "")
    except (OSError, ValueError):
        return 0, ""


def _stated(response: aiohttp.ClientResponse) -> _Stated:
    answers = [*response.history, response]
    linked = next((a.headers["X-Linked-Etag"] for a in answers if "X-Linked-Etag" in a.headers), "")
    etag = response.headers.get("ETag", "")
    plain = (linked or etag).removeprefix("W/").strip('"')
    size = next((a.headers["X-Linked-Size"] for a in answers if "X-Linked-Size" in a.headers), "")
    if not size and response.status in (206, 416):
        size = response.headers.get("Content-Range", "").rpartition("/")[2]
    if not size and response.status == 200:
        size = response.headers.get("Content-Length", "")
    return _Stated(etag, plain if SHA256.fullmatch(plain) else "", int(size) if size.isdigit() else 0)


def _checked(part: Path, stated: _Stated, size: int, sha256: str) -> Fetched:
    """Raises: DownloadCorrupt, and then the part is gone."""
    found, digest = part.stat().st_size, sha256_of(part)
    wanted_size, wanted = size or stated.size, sha256 or stated.sha256
    if (wanted_size and found != wanted_size) or (wanted and digest != wanted):
        _forget(part)
        raise DownloadCorrupt(f"{part.stem} came with other bytes than are stated", file=part.stem)
    return Fetched(digest, found, stated.etag)
