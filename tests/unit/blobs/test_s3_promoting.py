"""Putting parts together on an S3 server that does not do as it is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tintype.blobs.ports import BlobMismatch, BlobStoreUnavailable
from tintype.blobs.s3_errors import S3Absent
from tintype.blobs.s3_objects import Body, Object, Part
from tintype.blobs.s3_promoting import S3Promoting
from tintype.blobs.s3_records import Record
from tintype.blobs.s3_staging import Staged
from tintype.blobs.s3_writer import Progress

HANDLE = "0" * 32
KEY = "ann/" + "1" * 64


class Server:
    """Connection and requests in one; each of `failing` raises its error."""

    def __init__(self, failing: dict[str, Exception]) -> None:
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
async def test_what_was_deleted_behind_us_is_no_mismatch(failing: dict[str, Exception], kind: type[Exception]) -> None:
    staging = Staging()
    with pytest.raises(kind):
        await promoting(Server(failing), staging).assemble(staged(KEY))
    assert staging.dropped == [HANDLE]
