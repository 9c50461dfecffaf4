"""Uploads: small files in one stream, big ones resumable at any byte."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Final, TypeVar

import google_crc32c

from tintype.v1 import photo_pb2
from tintype.v1 import upload_service_pb2 as pb
from tintype.v1.upload_service_pb2_grpc import UploadServiceStub
from tintype_sdk.connection import Connection
from tintype_sdk.errors import Aborted, Cancelled, DataLoss, InvalidArgument, OutOfRange, Unavailable

CHUNK_BYTES: Final = 1 << 20
SMALL_BYTES: Final = 8 << 20  # up to here a file that broke off is sent again whole
TRIES: Final = 8
_PAUSE_S: Final = 0.25  # doubled at each try
_AHEAD: Final = 4  # chunks that are read at once
_SLOWEST: Final = 64 * 1024  # bytes a second; a stream slower than this is given up and resumed
_KEPT_BYTES: Final = 16 << 20  # more than the chunks on their way take

Progress = Callable[[int], None]
ChunkFields = Mapping[str, object]  # of a pb.Chunk: one built apart would be copied into its request
T = TypeVar("T")


def _ignore(sent: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A photo of the library; `already_existed` says that the library had the bytes before."""

    photo: photo_pb2.Photo
    already_existed: bool


@dataclass(frozen=True, slots=True)
class Declared:
    """What is said of a file beside its bytes; `header` takes what a sidecar or the file system knows."""

    header: pb.UploadHeader = field(default_factory=pb.UploadHeader)


@dataclass(frozen=True, slots=True)
class Sending:
    """How the bytes travel.

    Attributes:
        small_bytes: files up to here go in one stream, and again whole if it breaks; bigger ones go on where they were.
        chunk_bytes: the bytes of a message, at most 1 MiB; over a line that often breaks, fewer lose less.
        bytes_per_second: at most so fast, to leave a line to others too; 0 means as fast as it goes.
    """

    small_bytes: int = SMALL_BYTES
    chunk_bytes: int = CHUNK_BYTES
    bytes_per_second: int = 0

    def timeout_s(self, size_bytes: int) -> float:
        """When the sending of so many bytes is given up."""
        return 60 + size_bytes / (min(_SLOWEST, self.bytes_per_second // 2) or _SLOWEST)


_USUAL: Final = Sending()


class Uploads:
    """UploadService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = UploadServiceStub(connection.channel)
        _keep_memory()

    async def check(self, sha256s: Sequence[str]) -> dict[str, pb.PhotoCheck]:
        """What the library has of each hash, in batches of 1,000."""
        found: dict[str, pb.PhotoCheck] = {}
        for start in range(0, len(sha256s), 1000):
            request = pb.CheckPhotosRequest(sha256s=sha256s[start : start + 1000])
            response = await self._connection.call(self._stub.CheckPhotos, request, pb.CheckPhotosResponse)
            found |= {check.sha256: check for check in response.checks}
        return found

    async def upload_file(
        self,
        file: Path,
        *,
        sha256: str = "",
        declared: Declared | None = None,
        backlog: bool = False,
        progress: Progress = _ignore,
        sending: Sending = _USUAL,
    ) -> Uploaded:
        """Upload one file, going on after interruptions of the network or of the server.

        A big file goes on where it was, too, if the call was cancelled or its program killed, and is made again.

        Args:
            file: the file; it must not change meanwhile.
            sha256: its SHA-256 in hexadecimal, if it is known already.
            declared: what else is known of it.
            backlog: that it is one of many, whose analysis may wait behind a person's single photo.
            progress: told how many bytes of the file are sent, at each chunk; of a big file first how many are there.
            sending: how the bytes travel.

        Raises: TintypeError; OSError of the file.
        """
        sha256 = sha256 or await asyncio.to_thread(hash_file, file)
        header = pb.UploadHeader()
        header.CopyFrom((declared or Declared()).header)
        header.file_name = header.file_name or file.name
        header.size_bytes = (await asyncio.to_thread(file.stat)).st_size
        if not header.size_bytes:
            raise InvalidArgument("the file is empty", reason="UNSUPPORTED_MEDIA")
        header.sha256 = sha256
        header.backlog = backlog
        chunks = _Chunks(file, sending, progress)
        if header.size_bytes <= sending.small_bytes:
            return await _persist(lambda: self._upload_small(chunks, header))
        return await self._upload_big(chunks, header)

    async def cancel(self, upload_id: str) -> None:
        """Give up an upload; a complete one stays. Raises NotFound, Aborted while its bytes are coming in."""
        request = pb.CancelUploadRequest(upload_id=upload_id)
        await self._connection.call(self._stub.CancelUpload, request, pb.CancelUploadResponse)

    async def _upload_small(self, chunks: _Chunks, header: pb.UploadHeader) -> Uploaded:
        async def requests() -> AsyncIterator[pb.UploadPhotoRequest]:
            first: pb.UploadHeader | None = header
            async for chunk in chunks.since(0):
                yield pb.UploadPhotoRequest(header=first, chunk=chunk)
                first = None

        timeout = chunks.sending.timeout_s(header.size_bytes)
        response = await self._connection.send(
            self._stub.UploadPhoto, requests, pb.UploadPhotoResponse, timeout=timeout
        )
        return Uploaded(response.photo, response.already_existed)

    async def _upload_big(self, chunks: _Chunks, header: pb.UploadHeader) -> Uploaded:
        """Another run of the program meets the upload that it began; other words about the bytes begin another."""
        request_id = hashlib.sha256(header.SerializeToString(deterministic=True)).hexdigest()
        create = pb.CreateUploadRequest(header=header, request_id=request_id)
        response = await self._connection.call(self._stub.CreateUpload, create, pb.CreateUploadResponse)
        upload_id = response.upload.upload_id
        if not response.upload.photo_id:
            await _persist(lambda: self._append_rest(chunks, header, upload_id))
        complete = pb.CompleteUploadRequest(upload_id=upload_id, sha256=header.sha256)
        done = await _persist(
            lambda: self._connection.call(
                self._stub.CompleteUpload, complete, pb.CompleteUploadResponse, timeout=60 + header.size_bytes / 20e6
            )
        )
        return Uploaded(done.photo, done.already_existed)

    async def _append_rest(self, chunks: _Chunks, header: pb.UploadHeader, upload_id: str) -> None:
        got = await self._connection.call(
            self._stub.GetUpload, pb.GetUploadRequest(upload_id=upload_id), pb.GetUploadResponse
        )
        offset = got.upload.durable_offset
        chunks.progress(offset)

        async def requests() -> AsyncIterator[pb.AppendUploadRequest]:
            name = upload_id
            async for chunk in chunks.since(offset):
                yield pb.AppendUploadRequest(upload_id=name, chunk=chunk)
                name = ""

        if offset < header.size_bytes:
            timeout = chunks.sending.timeout_s(header.size_bytes - offset)
            await self._connection.send(self._stub.AppendUpload, requests, pb.AppendUploadResponse, timeout=timeout)


async def _persist(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again what a broken connection, a restarting server or a damaged chunk ended."""
    for number in range(TRIES):
        try:
            return await attempt()
        except (Unavailable, Cancelled, DataLoss, OutOfRange, Aborted) as error:
            if number == TRIES - 1 or (isinstance(error, DataLoss) and error.reason == "CHECKSUM_MISMATCH"):
                raise
            await asyncio.sleep(min(_PAUSE_S * 2**number, 5))
    raise AssertionError


@dataclass(frozen=True, slots=True)
class _Chunks:
    """The bytes of a file, as they travel."""

    file: Path
    sending: Sending
    progress: Progress

    async def since(self, offset: int) -> AsyncIterator[ChunkFields]:
        """Those from an offset on; the next ones are read while some are sent."""
        stream, chunks = await asyncio.to_thread(self._open_at, offset)
        try:
            while chunks:
                most = min(2 * len(chunks), _AHEAD)  # few at first: nothing is under way yet that would hide the wait
                ahead = asyncio.create_task(asyncio.to_thread(self._read_ahead, stream, most))
                try:
                    for data, crc32c in chunks:
                        yield {"offset": offset, "data": data, "crc32c": crc32c}
                        offset += len(data)
                        self.progress(offset)
                        if self.sending.bytes_per_second:
                            await asyncio.sleep(len(data) / self.sending.bytes_per_second)
                finally:
                    chunks = await ahead
        finally:
            stream.close()

    def _open_at(self, offset: int) -> tuple[FileIO, list[tuple[bytes, int]]]:
        """The file and its first chunk, in one hop, so that it is soon on its way."""
        stream = self.file.open("rb", buffering=0)
        try:
            stream.seek(offset)
            return stream, self._read_ahead(stream, 1)
        except OSError:
            stream.close()
            raise

    def _read_ahead(self, stream: FileIO, most: int) -> list[tuple[bytes, int]]:
        """The next chunks with their CRC-32C, several in one hop to a thread: a hop for each halves the speed."""
        chunks: list[tuple[bytes, int]] = []
        while len(chunks) < most and (data := stream.read(self.sending.chunk_bytes)):
            chunks.append((data, google_crc32c.value(data)))
        return chunks


def _keep_memory() -> None:
    """Let the memory of chunks that were sent serve for the next ones.

    glibc gives back to the system what is free beyond twice the largest block that was ever freed: 3,000 pages for
    each file of 5 MB, which come back one fault at a time and cost more than all else in this process. So it is shown
    a large block, of which no page is touched. Elsewhere this does nothing.
    """
    bytes(_KEPT_BYTES)


def hash_file(file: Path) -> str:
    """SHA-256 in lower-case hexadecimal. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
