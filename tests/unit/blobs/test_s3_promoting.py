"""Putting parts together on an S3 server that does not do as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from urllib3.exceptions import ProtocolError

from tintype.blobs.ports import BlobMismatch, BlobStoreUnavailable, PutOutcome
from tintype.blobs.s3_errors import S3Absent, S3Precondition
from tintype.blobs.s3_objects import Body, Object, Part
from tintype.blobs.s3_promoting import S3Promoting
from tintype.blobs.s3_records import Record
from tintype.blobs.s3_staging import Staged
from tintype.blobs.s3_writer import Progress

HANDLE = "0" * 32
KEY = "ann/" + "1" * 64


class Broken:
    """An answer that ends before its bytes do."""

    def stream(self, _: int) -> Iterator[bytes]:
        yield b"x"
        raise ProtocolError("xyzzy")

    def close(self) -> None: ...

    def release_conn(self) -> None: ...


class Server:
    """Connection and requests in one; each of `failing` raises its error."""

    def __init__(self, failing: dict[str, BaseException]) -> None:
        self.failing = failing
        self.asked: list[str] = []

    @property
    def api(self) -> Server:
        return self

    async def call(self, request: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return request(*args, **kwargs)

    call_once = call

    def complete(self, *_: Any, overwrite: bool) -> None:
        self._ask("complete")

    def head(self, key: str) -> Object:
        self._ask("head")
        return Object(key, 5, datetime.now(UTC), "another")

    def begin_parts(self, *_: Any, checksums: bool) -> str:
        return "copy"

    def copy_part(self, *_: Any, size_bytes: int) -> Part:
        self._ask("copy")
        return Part(1, size_bytes, "etag")

    def abort(self, key: str, upload_id: str) -> None:
        assert (key, upload_id) == (KEY, "copy")
        self._ask("abort")

    def get(self, _: str) -> Broken:
        return Broken()

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name in self.failing:
            raise self.failing[name]


class Staging:
    """Knows what was dropped."""

    def __init__(self) -> None:
        self.dropped: list[str] = []

    async def tail(self, _: Staged) -> Body:
        return Body.of(b"")

    async def drop(self, handle: str) -> None:
        self.dropped.append(handle)


def staged(key: str | None) -> Staged:
    return Staged(Record(HANDLE, key, "upload"), Progress(parts=[Part(1, 5, "etag", bytes(32))]), durable=True)


def promoting(server: Server, staging: Staging) -> S3Promoting:
    return S3Promoting(cast(Any, server), cast(Any, staging))


@pytest.mark.parametrize(
    ("failing", "kind"), [({"head": S3Absent("NoSuchKey")}, BlobStoreUnavailable), ({}, BlobMismatch)]
)
async def test_what_was_deleted_behind_us_is_no_mismatch(
    failing: dict[str, BaseException], kind: type[Exception]
) -> None:
    staging = Staging()
    with pytest.raises(kind):
        await promoting(Server(failing), staging).assemble(staged(KEY))
    assert staging.dropped == [HANDLE]


def in_staging() -> Staged:
    """Put together already, to be copied to its key."""
    found = staged(None)
    found.assembled_bytes = 5
    return found


@pytest.mark.parametrize("step", ["copy", "complete"])
@pytest.mark.parametrize("error", [BlobStoreUnavailable("away"), BlobMismatch("bad"), asyncio.CancelledError()])
@pytest.mark.parametrize("abort", [None, S3Absent("NoSuchUpload"), BlobStoreUnavailable("away")])
async def test_a_copy_that_fails_leaves_no_upload(step: str, error: BaseException, abort: Exception | None) -> None:
    server = Server({step: error} | ({"abort": abort} if abort else {}))
    with pytest.raises(type(error)) as raised:
        await promoting(server, Staging())._copy(in_staging(), KEY, sha256=bytes(32), overwrite=True)
    assert raised.value is error
    assert server.asked[-1] == "abort"


async def test_a_copy_that_meets_a_blob_is_fine_if_its_upload_is_gone_too() -> None:
    server = Server({"complete": S3Precondition(), "abort": S3Absent("NoSuchUpload")})
    copied = promoting(server, Staging())._copy(in_staging(), KEY, sha256=bytes(32), overwrite=False)
    assert await copied is PutOutcome.EXISTED


async def test_a_connection_that_breaks_while_reading_back_is_unavailable() -> None:
    found = in_staging()
    with pytest.raises(BlobStoreUnavailable):
        await promoting(Server({}), Staging()).hash(found)
