"""Staged writes in an S3 store: in the memory of a process while small and not meant to last, else with a record."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from tintype.blobs.ports import OffsetMismatch, StagedBusy, StagedNotFound, StagedStat
from tintype.blobs.s3_api import PAGE
from tintype.blobs.s3_connection import S3Connection
from tintype.blobs.s3_errors import S3Absent
from tintype.blobs.s3_objects import Body, Part
from tintype.blobs.s3_records import STAGING, Durable, Record, decoded, encoded, handle_of, read, record_key, tail_key
from tintype.blobs.s3_writer import Progress, S3Writer
from tintype.kit.ids import RandomIds

KNOWN: Final = 1_000  # staged writes that a process remembers: what is forgotten of the others lies in the store
KEPT_TAILS_BYTES: Final = 64 << 20  # of writes that last: more are forgotten, oldest first, and loaded when needed


@dataclass(slots=True)
class Staged:
    """A staged write as it is now: what this process knows, checked against what lies in the store.

    `durable` says that there is a record of it. `assembled_bytes` is its size once its parts are the object at the
    target; `kept` says that it was promoted.
    """

    record: Record
    progress: Progress
    durable: bool
    assembled_bytes: int | None = None
    kept: bool = False
    ours: bool = False  # this process put the parts together
    beginning: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def size_bytes(self) -> int:
        """Where a writer goes on."""
        return self.progress.offset if self.assembled_bytes is None else self.assembled_bytes


class S3Staging:
    """The staged writes of one store."""

    def __init__(self, connection: S3Connection) -> None:
        self._connection = connection
        self._ids = RandomIds()
        self._known: OrderedDict[str, Staged] = OrderedDict()
        self._busy: set[str] = set()

    async def stage(self, key: str | None, *, lasting: bool) -> str:
        """A new handle."""
        staged = Staged(Record(self._ids.new(), key), Progress(), durable=False)
        if lasting:
            await self._record(staged)
        self._remember(staged)
        return staged.record.handle

    def check_idle(self, handle: str) -> None:
        """Raises StagedBusy while a writer of this process has it open."""
        if handle in self._busy:
            raise StagedBusy(handle)

    async def load(self, handle: str) -> Staged:
        """What there is of it now; another process may have gone on with it. Raises StagedNotFound."""
        known = self._known.get(handle)
        if known is not None:
            self._known.move_to_end(handle)
            if not known.durable:
                return known
        try:
            durable = await read(self._connection, handle)
        except StagedNotFound:
            self._known.pop(handle, None)
            raise
        if known is not None and _agree(known, durable):
            return known
        staged = _unknown(durable)
        if known is not None:
            staged.kept, staged.ours = known.kept, known.ours
        self._remember(staged)
        return staged

    async def tail(self, staged: Staged) -> Body:
        """The bytes behind its parts, loaded if this process does not have them."""
        progress = staged.progress
        if progress.tail is None:
            key = tail_key(staged.record.handle, progress.parts_bytes)
            data = await self._connection.call(self._connection.api.load, key) if progress.tail_bytes else b""
            progress.tail = [data] if data else []
            if not progress.parts and progress.hash is None:
                progress.hash = await self._connection.run(hashlib.sha256, data)
        return await self._connection.run(progress.tail_body)

    @asynccontextmanager
    async def writer(self, handle: str, *, offset: int) -> AsyncIterator[S3Writer]:
        """See `BlobStore.writer`."""
        self.check_idle(handle)
        self._busy.add(handle)
        try:
            staged = await self.load(handle)
            if staged.kept:
                raise StagedBusy(handle)
            if staged.size_bytes != offset:
                raise OffsetMismatch(offset=offset, staged_bytes=staged.size_bytes)
            if staged.assembled_bytes is None:
                await self.tail(staged)
            writer = self._writer(staged)
            try:
                yield writer
            finally:
                if not await writer.close():
                    self._known.pop(handle, None)
                self._forget_tails()
        finally:
            self._busy.discard(handle)

    async def drop(self, handle: str) -> None:
        """Take everything of it away but an object that its parts became at a key; the record goes last.

        Of one whose record went while somebody wrote there may be a tail left.
        """
        known = self._known.pop(handle, None)
        if known is not None and not known.durable:
            return
        api, of_record = self._connection.api, record_key(handle)
        lying = [each.key for each in await self._connection.call(api.page, f"{STAGING}{handle}.")]
        recorded = of_record in lying
        if recorded:
            record = decoded(handle, await self._connection.call(api.load, of_record))
            if record.upload_id:
                with suppress(S3Absent):  # put together, or aborted by a try before
                    await self._connection.call(api.abort, record.target, record.upload_id)
            lying.remove(of_record)
        if lying:
            await self._connection.call(api.delete_many, lying)
        if recorded:
            await self._connection.call(api.delete, of_record)

    async def list_staged(self) -> AsyncIterator[StagedStat]:
        """See `BlobStore`; those that lie in the memory of a process are only seen by it, and not here.

        What is left of one that nobody can go on with, because its record or the blob of its parts is gone, is listed
        too, so that it can be discarded.
        """
        after, seen = "", ""
        while page := await self._connection.call(self._connection.api.page, STAGING, after=after):
            for each in page:
                if (handle := handle_of(each.key)) and handle != seen:
                    seen = handle
                    try:
                        durable = await read(self._connection, handle)
                    except StagedNotFound:
                        yield StagedStat(handle, each.size_bytes, each.modify_time)
                    else:
                        yield StagedStat(handle, durable.size_bytes, durable.modify_time)
            after = page[-1].key
            if len(page) < PAGE:
                return

    def _writer(self, staged: Staged) -> S3Writer:
        async def put_part(number: int, body: Body) -> Part:
            await self._begin_parts(staged)
            record = staged.record
            try:
                return await self._connection.call(
                    self._connection.api.put_part, record.target, record.upload_id, number, body
                )
            except S3Absent as error:
                raise StagedNotFound(record.handle) from error

        async def put_tail(offset: int, body: Body) -> None:
            key = tail_key(staged.record.handle, offset)
            await self._connection.call(self._connection.api.put, key, body, overwrite=True)

        return S3Writer(
            staged.progress, self._connection, put_part=put_part, put_tail=put_tail if staged.durable else None
        )

    async def _begin_parts(self, staged: Staged) -> None:
        """Begin its multipart upload, and note that before any part is sent.

        Where something lies already it goes elsewhere, so that it can be read back before it replaces that.
        """
        async with staged.beginning:
            if staged.record.upload_id:
                return
            if staged.record.key is not None and await self._lies_at(staged.record.key):
                staged.record = replace(staged.record, key=None)
            api, target = self._connection.api, staged.record.target
            upload_id = await self._connection.call_once(api.begin_parts, target)
            staged.record = replace(staged.record, upload_id=upload_id)
            await self._record(staged)

    async def _lies_at(self, key: str) -> bool:
        try:
            await self._connection.call(self._connection.api.head, key)
        except S3Absent:
            return False
        return True

    async def _record(self, staged: Staged) -> None:
        body = Body.of(encoded(staged.record))
        await self._connection.call(self._connection.api.put, record_key(staged.record.handle), body, overwrite=True)
        staged.durable = True

    def _remember(self, staged: Staged) -> None:
        self._known[staged.record.handle] = staged
        surplus = len(self._known) - KNOWN
        if surplus > 0:
            stored = (handle for handle, each in self._known.items() if each.durable and handle not in self._busy)
            for handle in list(islice(stored, surplus)):
                del self._known[handle]

    def _forget_tails(self) -> None:
        kept = 0
        for staged in reversed(self._known.values()):
            kept += staged.progress.tail_bytes if staged.progress.tail is not None else 0
            stored = staged.durable and staged.progress.tail_stored == staged.progress.tail_bytes
            if kept > KEPT_TAILS_BYTES and stored and staged.record.handle not in self._busy:
                staged.progress.tail = None


def _agree(known: Staged, durable: Durable) -> bool:
    """Whether what this process knows is what lies there. A tail that need not last is only known here."""
    progress = known.progress
    if durable.assembled is not None or known.assembled_bytes is not None:
        return known.assembled_bytes == durable.size_bytes
    if [part.etag for part in progress.parts] != [part.etag for part in durable.parts]:
        return False
    stored = durable.tail.size_bytes if durable.tail else 0
    return stored == progress.tail_stored


def _unknown(durable: Durable) -> Staged:
    """What another process left."""
    if durable.assembled is not None:
        progress = Progress(hash=None)
        return Staged(durable.record, progress, durable=True, assembled_bytes=durable.assembled.size_bytes)
    tail_bytes = durable.tail.size_bytes if durable.tail else 0
    progress = Progress(
        hash=None if durable.size_bytes else hashlib.sha256(),
        parts=list(durable.parts),
        tail=None if tail_bytes else [],
        tail_bytes=tail_bytes,
        tail_stored=tail_bytes,
    )
    return Staged(durable.record, progress, durable=True)
