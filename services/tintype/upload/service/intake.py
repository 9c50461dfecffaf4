"""The way of bytes from a stream into staged storage: in order, whole, and a picture by their header."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from tintype.blobs.ports import BlobStore, BlobWriter
from tintype.imaging.ports import PROBE_BYTES, Imaging, MoreBytes, Probe
from tintype.upload.domain import Chunk, Picture
from tintype.upload.service.errors import ChunkCorrupt, FileTooLarge, OffsetMismatch

_MOST_HEAD: Final = 16 * 1024 * 1024  # imaging never asks for more


class Intake:
    """Receives chunks into one staged write."""

    def __init__(self, *, imaging: Imaging, file_name: str, size_bytes: int) -> None:
        self._imaging = imaging
        self._file_name = file_name
        self._size_bytes = size_bytes
        self._head = bytearray()
        self._wanted = min(PROBE_BYTES, size_bytes)
        self._looking = True
        self._picture: Picture | None = None

    @property
    def picture(self) -> Picture | None:
        """What the header of the bytes shows; None until so much came, and to who resumes."""
        return self._picture

    async def receive(self, writer: BlobWriter, chunks: AsyncIterator[Chunk], *, offset: int) -> int:
        """Write chunks that follow on `offset`; returns where they end.

        A file whose header is no picture is refused as soon as the header is there, before the rest is sent.
        Raises OffsetMismatch, ChunkCorrupt, FileTooLarge, UnsupportedMedia, ImageTooLarge.
        """
        self._looking = offset == 0  # who resumes was looked at when he began, and is again when he completes
        async for chunk in chunks:
            if chunk.offset != offset:
                raise OffsetMismatch(durable_offset=offset)
            if not chunk.intact:
                raise ChunkCorrupt(offset)
            if offset + len(chunk.data) > self._size_bytes:
                raise FileTooLarge(size_bytes=offset + len(chunk.data), limit=self._size_bytes)
            if self._looking:
                self._look(chunk.data)
            await writer.write(chunk.data)
            offset += len(chunk.data)
        return offset

    def _look(self, data: bytes) -> None:
        """Gather the head of the file until the header can be read."""
        self._head += data
        if len(self._head) < self._wanted:
            return
        found = probe(self._imaging, bytes(self._head), file_name=self._file_name, size_bytes=self._size_bytes)
        self._looking = isinstance(found, MoreBytes)
        if isinstance(found, MoreBytes):
            self._wanted = min(found.needed_bytes, self._size_bytes)
        else:
            self._picture = _shown(found)
            self._head.clear()


def probe(imaging: Imaging, head: bytes, *, file_name: str, size_bytes: int) -> Probe | MoreBytes:
    """Raises UnsupportedMedia, ImageTooLarge."""
    return imaging.probe(head, file_name=file_name, complete=len(head) >= size_bytes)


async def picture_of(imaging: Imaging, blobs: BlobStore, handle: str, *, file_name: str, size_bytes: int) -> Picture:
    """What the staged bytes show. Raises UnsupportedMedia, ImageTooLarge."""
    wanted = min(PROBE_BYTES, size_bytes)
    while True:
        head = b"".join([chunk async for chunk in blobs.read_staged(handle, length=wanted)])
        found = probe(imaging, head, file_name=file_name, size_bytes=size_bytes)
        if isinstance(found, Probe):
            return _shown(found)
        wanted = min(found.needed_bytes, size_bytes, _MOST_HEAD)


def _shown(found: Probe) -> Picture:
    return Picture(media_type=found.format.media_type, width_px=found.width_px, height_px=found.height_px)
