"""How staged bytes become a blob: in one put, or as parts that the server puts together."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import NoReturn

from tintype.blobs.ports import BlobMismatch, BlobStoreUnavailable, PutOutcome, StagedNotFound, key_parts
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_errors import S3Absent, S3Precondition, translated
from tintype.blobs.s3_objects import Body, Part, composite
from tintype.blobs.s3_staging import S3Staging, Staged


class S3Promoting:
    """`promote`, and what has to be put together before it can be read."""

    def __init__(self, connection: S3Connection, staging: S3Staging) -> None:
        self._connection = connection
        self._staging = staging

    async def promote(
        self, handle: str, key: str, *, sha256: bytes, size_bytes: int, overwrite: bool, keep: bool
    ) -> PutOutcome:
        """See `BlobStore`."""
        self._staging.check_idle(handle)
        try:
            staged = await self._staging.load(handle)
        except StagedNotFound:
            if await self._size_at(key) == size_bytes:
                return PutOutcome.EXISTED
            raise
        if staged.size_bytes != size_bytes:
            raise BlobMismatch(f"{staged.size_bytes} bytes are staged, not {size_bytes}")
        if staged.progress.hash is not None and staged.progress.hash.digest() != sha256:
            raise BlobMismatch("the staged bytes have another SHA-256")
        outcome = await self._place(staged, key, sha256=sha256, overwrite=overwrite)
        if outcome is PutOutcome.STORED:
            staged.kept = True
            if overwrite or not keep:
                await self._staging.drop(handle)
        return outcome

    async def put(self, key: str, body: Body, *, overwrite: bool = False) -> PutOutcome:
        """Store in one put."""
        try:
            await self._connection.call(self._connection.api.put, key, body, overwrite=overwrite)
        except S3Precondition:
            return PutOutcome.EXISTED
        return PutOutcome.STORED

    async def assemble(self, staged: Staged) -> bytes:
        """Put the parts together so that they can be read back; returns the SHA-256 of the object.

        At a declared key an intact blob stays: it is what the staged bytes were declared to be. So does a bad one that
        came meanwhile: nobody knows yet what the parts are. They have to be sent again, and go elsewhere then.
        """
        record = staged.record
        outcome = await self._completed(staged, overwrite=False)
        digest = await self._hash(record.target)
        if outcome is PutOutcome.EXISTED and record.key is not None and digest != key_parts(record.key).sha256:
            await self._send_again(staged)
        staged.assembled_bytes = await self._size_at(record.target)
        return digest

    async def hash(self, staged: Staged) -> bytes:
        """The SHA-256 of what is staged."""
        if staged.assembled_bytes is not None:
            return await self._hash(staged.record.target)
        if staged.progress.parts:
            return await self.assemble(staged)
        return (await self._staging.tail(staged)).sha256

    async def _place(self, staged: Staged, key: str, *, sha256: bytes, overwrite: bool) -> PutOutcome:
        if not staged.progress.parts and staged.assembled_bytes is None:
            body = await self._staging.tail(staged)
            return await self.put(key, Body(body.chunks, body.size_bytes, sha256), overwrite=overwrite)
        if staged.record.target != key:
            if not overwrite and await self._size_at(key) is not None:
                return PutOutcome.EXISTED
            if staged.assembled_bytes is None:
                await self._completed(staged, overwrite=True)
            if overwrite and staged.progress.hash is None and await self._hash(staged.record.target) != sha256:
                raise BlobMismatch("the staged bytes have another SHA-256")
            return await self._copy(staged, key, sha256=sha256, overwrite=overwrite)
        if staged.assembled_bytes is None:
            if overwrite and staged.progress.hash is None:
                await self._send_again(staged)
            return await self._completed(staged, overwrite=overwrite)
        return await self._found(staged, key, overwrite=overwrite)

    async def _send_again(self, staged: Staged) -> NoReturn:
        """Bytes that nobody has hashed never take the place of a blob."""
        await self._staging.drop(staged.record.handle)
        raise BlobStoreUnavailable("other bytes lie where these belong; send them again")

    async def _found(self, staged: Staged, key: str, *, overwrite: bool) -> PutOutcome:
        """The staged bytes are what lies there already, or nothing any more."""
        if overwrite:
            await self._staging.drop(staged.record.handle)
            raise BlobMismatch("the stored bytes are not those that were declared")
        if await self._size_at(key) is None:
            await self._deleted_meanwhile(staged)
        return PutOutcome.STORED if staged.ours and not staged.kept else PutOutcome.EXISTED

    async def _deleted_meanwhile(self, staged: Staged) -> NoReturn:
        await self._staging.drop(staged.record.handle)
        raise BlobStoreUnavailable("the bytes were deleted meanwhile; send them again")

    async def _completed(self, staged: Staged, *, overwrite: bool) -> PutOutcome:
        """Make the parts and the tail the object at the target, and compare its checksum with theirs."""
        api, record, size_bytes = self._connection.api, staged.record, staged.size_bytes
        parts = list(staged.progress.parts)
        tail = await self._staging.tail(staged)
        if tail.size_bytes:
            number = len(parts) + 1
            parts.append(await self._connection.call(api.put_part, record.target, record.upload_id, number, tail))
        try:
            await self._connection.call(api.complete, record.target, record.upload_id, parts, overwrite=overwrite)
        except S3Precondition:
            if not await self._is(record.target, parts, size_bytes):  # ours, if an answer to us was lost
                return PutOutcome.EXISTED
        except S3Absent as error:
            if not await self._is(record.target, parts, size_bytes):
                raise StagedNotFound(record.handle) from error
        kept = await self._is(record.target, parts, size_bytes)
        if kept is None:
            await self._deleted_meanwhile(staged)
        if not kept:
            await self._staging.drop(record.handle)
            raise BlobMismatch("the blob store kept other bytes than the parts that it was given")
        staged.assembled_bytes, staged.ours = size_bytes, True
        return PutOutcome.STORED

    async def _copy(self, staged: Staged, key: str, *, sha256: bytes, overwrite: bool) -> PutOutcome:
        """Within the server, by a part: to copy an object would ignore the condition. What came of it is read back."""
        api, source = self._connection.api, staged.record.target
        upload_id = await self._connection.call_once(api.begin_parts, key, checksums=False)
        try:
            part = await self._connection.call(api.copy_part, source, key, upload_id, size_bytes=staged.size_bytes)
            await self._connection.call(api.complete, key, upload_id, [part], overwrite=overwrite)
        except S3Precondition:
            await self._abort(key, upload_id)
            return PutOutcome.EXISTED
        except S3Absent as error:  # its source is gone, unless it is done and an answer to us was lost
            await self._abort(key, upload_id)
            if await self._size_at(key) is None:
                raise StagedNotFound(staged.record.handle) from error
        except BaseException:  # cancelled too: nothing else knows of this upload
            await self._abort(key, upload_id)
            raise
        if await self._hash(key) != sha256:
            raise BlobMismatch("the stored bytes are not those that were declared")
        return PutOutcome.STORED

    async def _abort(self, key: str, upload_id: str) -> None:
        """As far as the server lets us: what went wrong before is what the caller is told."""
        with suppress(BlobStoreUnavailable):
            await self._connection.call(self._connection.api.abort, key, upload_id)

    async def _is(self, key: str, parts: list[Part], size_bytes: int) -> bool | None:
        """None if nothing lies there."""
        try:
            found = await self._connection.call(self._connection.api.head, key)
        except S3Absent:
            return None
        return found.size_bytes == size_bytes and found.checksum == composite(parts)

    async def _size_at(self, key: str) -> int | None:
        try:
            return (await self._connection.call(self._connection.api.head, key)).size_bytes
        except S3Absent:
            return None

    async def _hash(self, key: str) -> bytes:
        return await self._connection.call(_hash_object, self._connection, key)


def _hash_object(connection: S3Connection, key: str) -> bytes:
    digest = hashlib.sha256()
    response = connection.api.get(key)
    try:
        with translated("reading back"):
            for chunk in response.stream(1 << 20):
                digest.update(chunk)
    finally:
        response.close()
        response.release_conn()
    return digest.digest()
