"""One stream into parts of 8 MiB: hashed and sent by threads while the next bytes come."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tintype.blobs.ports import Flushed
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_objects import Body, Part
from tintype.kit.errors import DomainError

PART_BYTES: Final = 8 << 20  # up to here a file is one put; S3 takes no less than 5 MiB for a part that is not the last
HEAD_BYTES: Final = 1 << 20  # kept of a file in parts, for whoever looks at its header
IN_FLIGHT: Final = 2  # parts of one stream on their way: one is sent while the other is hashed


@dataclass(slots=True)
class Progress:
    """How far a staged write is, as this process knows it.

    `hash` is of all bytes, None if another process took some of them in. `tail` are the bytes behind the parts, None if
    they have to be loaded first.
    """

    hash: hashlib._Hash | None = field(default_factory=hashlib.sha256)
    parts: list[Part] = field(default_factory=list)
    tail: list[bytes | memoryview] | None = field(default_factory=list)
    tail_bytes: int = 0
    tail_stored: int = 0  # how many of them lie in the store
    head: bytes = b""

    @property
    def parts_bytes(self) -> int:
        """Where the tail begins."""
        return sum(part.size_bytes for part in self.parts)

    @property
    def offset(self) -> int:
        """Where a writer goes on."""
        return self.parts_bytes + self.tail_bytes

    def flushed(self) -> Flushed:
        """As the port says it."""
        return Flushed(self.offset, None if self.hash is None else self.hash.digest())

    def tail_body(self) -> Body:
        """The bytes behind the parts, to be sent; `tail` is loaded."""
        chunks = self.tail or []
        whole = self.hash is not None and not self.parts
        digest = self.hash.copy() if whole and self.hash is not None else _hashed(chunks)
        return Body(chunks, self.tail_bytes, digest.digest())


PutPart = Callable[[int, Body], Awaitable[Part]]
PutTail = Callable[[int, Body], Awaitable[None]]


class S3Writer:
    """BlobWriter on parts; `close` ends it.

    Args:
        progress: how far it is; changed while it is written. Its tail is loaded.
        put_part: stores a part of a number.
        put_tail: stores what is no part yet, by its offset; None if nothing needs to last.
    """

    def __init__(
        self, progress: Progress, connection: S3Connection, *, put_part: PutPart, put_tail: PutTail | None
    ) -> None:
        self._progress = progress
        self._connection = connection
        self._put_part = put_part
        self._put_tail = put_tail
        self._filling: list[bytes | memoryview] = list(progress.tail or [])
        self._filled = progress.tail_bytes
        self._unhashed: list[bytes | memoryview] = []
        self._hashing: asyncio.Task[None] | None = None
        self._sending: list[asyncio.Task[Part]] = []

    async def write(self, chunk: bytes) -> None:
        """See `BlobWriter`."""
        if not chunk:
            return
        rest = memoryview(chunk)
        while self._filled + len(rest) > PART_BYTES:
            fits = PART_BYTES - self._filled
            self._take(rest[:fits])
            rest = rest[fits:]
            await self._cut()
        self._take(chunk if len(rest) == len(chunk) else rest)

    async def flush(self) -> Flushed:
        """See `BlobWriter`."""
        await self._settle()
        progress = self._progress
        if self._put_tail is not None and progress.tail_stored < progress.tail_bytes:
            body = await self._connection.run(progress.tail_body)
            await self._put_tail(progress.parts_bytes, body)
            progress.tail_stored = progress.tail_bytes
        return progress.flushed()

    async def finish(self) -> Flushed:
        """See `BlobWriter`."""
        return await self.flush()

    async def close(self) -> bool:
        """Make durable what was written; returns whether the progress is still true of the store."""
        try:
            await self.flush()
        except DomainError:
            await self._give_up()
            return False
        except asyncio.CancelledError:
            await self._give_up()
            raise
        return True

    def _take(self, piece: bytes | memoryview) -> None:
        if not piece:
            return
        self._filling.append(piece)
        self._filled += len(piece)
        if self._progress.hash is not None:
            self._unhashed.append(piece)
            if self._hashing is None or self._hashing.done():
                self._hashing = asyncio.create_task(self._hash())

    async def _hash(self) -> None:
        """One hop to a thread for all that came meanwhile, not one for each chunk."""
        while self._unhashed and self._progress.hash is not None:
            pieces, self._unhashed = self._unhashed, []
            await self._connection.run(_update, self._progress.hash, pieces)

    async def _cut(self) -> None:
        """What was filled becomes a part."""
        chunks, self._filling, self._filled = self._filling, [], 0
        number = len(self._progress.parts) + len(self._sending) + 1
        if number == 1:
            self._progress.head = _head(chunks)
        self._sending.append(asyncio.create_task(self._send(number, chunks)))
        while len(self._sending) > IN_FLIGHT:
            await self._sent()

    async def _send(self, number: int, chunks: Sequence[bytes | memoryview]) -> Part:
        digest = await self._connection.run(_hashed, chunks)
        return await self._put_part(number, Body(chunks, PART_BYTES, digest.digest()))

    async def _sent(self) -> None:
        """The first of those on their way has arrived."""
        self._progress.parts.append(await self._sending[0])
        del self._sending[0]

    async def _settle(self) -> None:
        """All that was written is hashed and, but for the tail, stored."""
        while self._sending:
            self._progress.tail_stored = 0
            await self._sent()
        if self._hashing is not None:
            await self._hashing
        self._progress.tail, self._progress.tail_bytes = list(self._filling), self._filled

    async def _give_up(self) -> None:
        for task in (*self._sending, self._hashing):
            if task is not None:
                task.cancel()
        await asyncio.gather(*self._sending, *([self._hashing] if self._hashing else []), return_exceptions=True)


def _hashed(chunks: Sequence[bytes | memoryview]) -> hashlib._Hash:
    digest = hashlib.sha256()
    _update(digest, chunks)
    return digest


def _update(digest: hashlib._Hash, chunks: Sequence[bytes | memoryview]) -> None:
    for chunk in chunks:
        digest.update(chunk)


def _head(chunks: Sequence[bytes | memoryview]) -> bytes:
    head = bytearray()
    for chunk in chunks:
        head += chunk[: HEAD_BYTES - len(head)]
    return bytes(head)
