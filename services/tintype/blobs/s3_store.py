"""Blobs in a bucket of an S3 server."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from tintype.blobs.ports import (
    LONGEST_URL,
    BlobNotFound,
    BlobStat,
    BlobWriter,
    PutOutcome,
    StagedNotFound,
    StagedStat,
    checked_key,
    checked_prefix,
)
from tintype.blobs.s3_api import PAGE
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_errors import S3Absent, S3NoBucket
from tintype.blobs.s3_objects import Body, Object
from tintype.blobs.s3_promoting import S3Promoting
from tintype.blobs.s3_reading import chunks, full_checksum
from tintype.blobs.s3_records import STAGING, checked_handle
from tintype.blobs.s3_staging import S3Staging


class S3BlobStore:
    """BlobStore in a bucket. An object has the SHA-256 that the server compared when it came, a big one that of its
    parts, which `stat` cannot tell."""

    def __init__(self, connection: S3Connection) -> None:
        self._connection = connection
        self._api = connection.api
        self._staging = S3Staging(connection)
        self._promoting = S3Promoting(connection, self._staging)

    async def put(self, key: str, data: bytes) -> PutOutcome:
        """See `BlobStore`."""
        checked_key(key)
        return await self._promoting.put(key, await self._connection.run(Body.of, data))

    async def overwrite(self, key: str, data: bytes) -> None:
        """See `BlobStore`."""
        checked_key(key)
        await self._promoting.put(key, await self._connection.run(Body.of, data), overwrite=True)

    async def probe(self) -> None:
        """See `BlobStore`: one request, tried once."""
        if not await self._connection.run(self._api.bucket_exists):
            raise S3NoBucket

    async def stat(self, key: str) -> BlobStat:
        """See `BlobStore`."""
        try:
            found = await self._connection.call(self._api.head, checked_key(key))
        except S3Absent as error:
            raise BlobNotFound(key) from error
        return BlobStat(key, found.size_bytes, found.modify_time, full_checksum(found.checksum))

    async def load(self, key: str) -> bytes:
        """See `BlobStore`."""
        try:
            return await self._connection.call(self._api.load, checked_key(key))
        except S3Absent as error:
            raise BlobNotFound(key) from error

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore`."""
        return chunks(self._connection, checked_key(key), start, length, BlobNotFound(key))

    async def signed_url(self, key: str, *, lasts: timedelta, media_type: str, disposition: str) -> str | None:
        """See `BlobStore`; none without the option `public`."""
        headers = {"response-content-type": media_type, "response-content-disposition": disposition}
        return self._api.signed_url(checked_key(key), lasts=min(lasts, LONGEST_URL), response_headers=headers)

    async def delete(self, key: str) -> None:
        """See `BlobStore`."""
        await self._connection.call(self._api.delete, checked_key(key))

    async def delete_prefix(self, prefix: str) -> int:
        """See `BlobStore`."""
        checked_prefix(prefix)
        removed = 0
        async for page in self._pages(prefix, ""):
            await self._connection.call(self._api.delete_many, [each.key for each in page])
            removed += len(page)
        return removed

    async def list(self, prefix: str = "", *, after: str = "") -> AsyncIterator[BlobStat]:
        """See `BlobStore`."""
        checked_prefix(prefix)
        async for page in self._pages(prefix, after):
            for each in page:
                yield BlobStat(each.key, each.size_bytes, each.modify_time)

    async def count(self, prefix: str = "") -> int:
        """See `BlobStore`."""
        checked_prefix(prefix)
        total = 0
        async for page in self._pages(prefix, ""):
            total += len(page)
        return total

    async def stage(self, key: str | None = None, *, lasting: bool = True) -> str:
        """See `BlobStore`; the parts of a big file go to the key straight away, if it is known."""
        return await self._staging.stage(None if key is None else checked_key(key), lasting=lasting)

    def writer(self, handle: str, *, offset: int) -> AbstractAsyncContextManager[BlobWriter]:
        """See `BlobStore`."""
        return self._staging.writer(handle, offset=offset)

    async def staged_size(self, handle: str) -> int:
        """See `BlobStore`."""
        return (await self._staging.load(checked_handle(handle))).size_bytes

    async def hash_staged(self, handle: str) -> bytes:
        """See `BlobStore`; parts are put together for that, at their key if it is known."""
        return await self._promoting.hash(await self._staging.load(checked_handle(handle)))

    async def read_staged(self, handle: str, *, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """See `BlobStore`; of a file in parts its first bytes are at hand, for more the parts are put together."""
        staged = await self._staging.load(checked_handle(handle))
        end = staged.size_bytes if length is None else min(start + length, staged.size_bytes)
        if staged.progress.parts and staged.assembled_bytes is None and end > len(staged.progress.head):
            await self._promoting.assemble(staged)
        if staged.assembled_bytes is not None:
            async for chunk in chunks(self._connection, staged.record.target, start, length, StagedNotFound(handle)):
                yield chunk
        elif staged.progress.parts:
            yield staged.progress.head[start:end]
        else:
            tail = await self._staging.tail(staged)
            yield b"".join(tail.chunks)[start:end]

    async def promote(
        self, handle: str, key: str, *, sha256: bytes, size_bytes: int, overwrite: bool = False, keep: bool = False
    ) -> PutOutcome:
        """See `BlobStore`."""
        return await self._promoting.promote(
            checked_handle(handle),
            checked_key(key),
            sha256=sha256,
            size_bytes=size_bytes,
            overwrite=overwrite,
            keep=keep,
        )

    async def discard(self, handle: str) -> None:
        """See `BlobStore`."""
        self._staging.check_idle(handle)
        await self._staging.drop(checked_handle(handle))

    def list_staged(self) -> AsyncIterator[StagedStat]:
        """See `BlobStore`."""
        return self._staging.list_staged()

    async def _pages(self, prefix: str, after: str) -> AsyncIterator[builtins.list[Object]]:
        while page := await self._connection.call(self._api.page, prefix, after=after):
            if blobs := [each for each in page if not each.key.startswith(STAGING)]:
                yield blobs
            after = page[-1].key
            if len(page) < PAGE:
                return
