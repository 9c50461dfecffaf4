"""Reading an object in chunks."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Final

from urllib3 import BaseHTTPResponse

from tintype.blobs.ports import CHUNK_BYTES
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_errors import S3Absent, S3Range, translated
from tintype.kit.errors import NotFound, OutOfRange

_SHA256_BASE64: Final = 44  # characters; that of parts has more


async def chunks(
    connection: S3Connection, key: str, start: int, length: int | None, missing: NotFound
) -> AsyncIterator[bytes]:
    """Of at most CHUNK_BYTES, from `start`. The first step raises `missing` or OutOfRange."""
    end = None if length is None else start + length
    response = await _opened(connection, key, start, end, missing)
    try:
        while response is not None and (chunk := await connection.run(_next, response)):
            yield chunk
    finally:
        if response is not None:
            response.close()  # not drained: whoever stops early does not pay for the rest
            response.release_conn()


def full_checksum(checksum: str) -> bytes | None:
    """The SHA-256 of a whole object; None if there is none, or it is that of parts."""
    return b64decode(checksum) if len(checksum) == _SHA256_BASE64 and "-" not in checksum else None


async def _opened(
    connection: S3Connection, key: str, start: int, end: int | None, missing: NotFound
) -> BaseHTTPResponse | None:
    """None where the range is empty."""
    try:
        if end is None or end > start:
            return await connection.call(connection.api.get, key, start=start, end=end)
    except S3Absent as error:
        raise missing from error
    except S3Range:
        pass  # nothing is wrong with a range that begins at the end
    try:
        found = await connection.call(connection.api.head, key)
    except S3Absent as error:
        raise missing from error
    if start > found.size_bytes:
        raise OutOfRange(f"there are {found.size_bytes} bytes")
    return None


def _next(response: BaseHTTPResponse) -> bytes:
    with translated("reading"):
        return response.read(CHUNK_BYTES)
