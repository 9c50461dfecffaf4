"""What is durable of a staged write: a record beside the blobs, parts at their target, a tail too short to be a part.

`.staging/<handle>.json`            where it goes, and the id of its multipart upload once it has one
`.staging/<handle>.tail-<offset>`   the bytes behind the parts; one of another offset is from before the last part
`.staging/<handle>.bytes`           where the parts go while nobody knows the hash
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tintype.blobs.ports import StagedNotFound
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_errors import S3Absent
from tintype.blobs.s3_objects import Object, Part

STAGING: Final = ".staging/"  # no owner can be called so

_SCHEMA: Final = 1
_HANDLE: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Record:
    """Of one staged write. `key` is None while its hash is unknown, `upload_id` empty while there are no parts."""

    handle: str
    key: str | None
    upload_id: str = ""

    @property
    def target(self) -> str:
        """Where its parts become an object."""
        return self.key or f"{STAGING}{self.handle}.bytes"


@dataclass(frozen=True, slots=True)
class Durable:
    """What lies in the store. `assembled`: the parts have become the object at the target; None before that."""

    record: Record
    parts: Sequence[Part]
    tail: Object | None
    assembled: Object | None
    modify_time: datetime

    @property
    def parts_bytes(self) -> int:
        """Where the tail begins."""
        return sum(part.size_bytes for part in self.parts)

    @property
    def size_bytes(self) -> int:
        """Where a writer goes on."""
        if self.assembled is not None:
            return self.assembled.size_bytes
        return self.parts_bytes + (self.tail.size_bytes if self.tail else 0)


def checked_handle(handle: str) -> str:
    """Raises StagedNotFound if it cannot be one."""
    if _HANDLE.fullmatch(handle) is None:
        raise StagedNotFound(handle)
    return handle


def record_key(handle: str) -> str:
    """Where the record lies."""
    return f"{STAGING}{handle}.json"


def tail_key(handle: str, offset: int) -> str:
    """Where bytes behind the last part lie."""
    return f"{STAGING}{handle}.tail-{offset}"


def handle_of(key: str) -> str:
    """The handle that an object of staging belongs to; empty for others."""
    handle = key.removeprefix(STAGING).partition(".")[0]
    return handle if _HANDLE.fullmatch(handle) else ""


def encoded(record: Record) -> bytes:
    """The record as it is stored."""
    stored = {"schema": _SCHEMA, "key": record.key, "upload_id": record.upload_id}
    return json.dumps(stored, separators=(",", ":")).encode()


def decoded(handle: str, data: bytes) -> Record:
    """A stored record."""
    stored = json.loads(data)
    return Record(handle, stored["key"], stored["upload_id"])


async def read(connection: S3Connection, handle: str) -> Durable:
    """Raises StagedNotFound."""
    api = connection.api
    try:
        data, objects = await asyncio.gather(
            connection.call(api.load, record_key(checked_handle(handle))),
            connection.call(api.page, f"{STAGING}{handle}."),
        )
    except S3Absent as error:
        raise StagedNotFound(handle) from error
    record = decoded(handle, data)
    times = [each.modify_time for each in objects]
    if not record.upload_id:
        return Durable(record, [], _tail(handle, 0, objects), None, max(times))
    try:
        parts = await connection.call(api.parts, record.target, record.upload_id)
    except S3Absent:
        return await _assembled(connection, record, max(times))
    found = Durable(record, parts, None, None, max(times + [part.modify_time for part in parts if part.modify_time]))
    return replace(found, tail=_tail(handle, found.parts_bytes, objects))


async def _assembled(connection: S3Connection, record: Record, modify_time: datetime) -> Durable:
    """The upload is no more: its parts are the object, unless that was deleted since. Raises StagedNotFound."""
    try:
        found = await connection.call(connection.api.head, record.target)
    except S3Absent as error:
        raise StagedNotFound(record.handle) from error
    return Durable(record, [], None, found, modify_time)


def _tail(handle: str, offset: int, objects: Sequence[Object]) -> Object | None:
    return next((each for each in objects if each.key == tail_key(handle, offset)), None)
