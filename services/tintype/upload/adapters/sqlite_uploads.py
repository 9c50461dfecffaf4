"""Uploads in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.documents import Codec
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.upload.domain import Upload, UploadState
from tintype.upload.ports import UploadConflict, UploadExists, UploadNotFound

_ALL: Final = 1_000_000  # an owner has a handful of uploads under way; this is no page


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


SHAPE: Final = Shape[Upload, object](
    table="uploads",
    codec=Codec(Upload),
    aggregate_id=lambda upload: upload.upload_id,
    not_found=UploadNotFound,
    already_exists=UploadExists,
    conflict=UploadConflict,
    columns=(
        Column("state", "TEXT", lambda upload: upload.state.value),
        Column("expire_time", "INTEGER", lambda upload: _milliseconds(upload.expire_time)),
        Column("create_time", "INTEGER", lambda upload: _milliseconds(upload.create_time)),
        Column("handle", "TEXT", lambda upload: upload.handle),
    ),
    indexes=(
        Index("by_state", equal=("owner_id", "state"), order=("create_time",)),
        Index("by_owner", equal=("owner_id",), order=("create_time",)),
        Index("by_expiry", order=("expire_time",)),
    ),
)


class SqliteUploadRepository:
    """UploadRepository in one table."""

    def __init__(self, database: Database, uploads: SqliteAggregates[Upload, object]) -> None:
        self._database = database
        self._uploads = uploads

    @classmethod
    async def open(cls, database: Database) -> SqliteUploadRepository:
        """Make the table if it is not there."""
        return cls(database, await SqliteAggregates.open(database, SHAPE))

    async def add(self, upload: Upload) -> None:
        await self._uploads.add(upload)

    async def load(self, *, owner_id: str, upload_id: str) -> Upload:
        return await self._uploads.load(owner_id=owner_id, aggregate_id=upload_id)

    async def replace(self, upload: Upload) -> Upload:
        return await self._uploads.replace(upload)

    async def remove(self, upload: Upload) -> None:
        await self._uploads.remove(upload)

    async def open_uploads(self, *, owner_id: str) -> Sequence[Upload]:
        return (await self._uploads.page("by_state", owner_id, UploadState.OPEN.value, limit=_ALL)).items

    async def expired(self, *, before: datetime, limit: int) -> Sequence[Upload]:
        page = await self._uploads.page("by_expiry", limit=limit, until=(_milliseconds(before) - 1,))
        return page.items

    async def handles(self) -> frozenset[str]:
        rows = await self._database.read(lambda connection: connection.execute("SELECT handle FROM uploads").fetchall())
        return frozenset(row[0] for row in rows)

    async def remove_owner(self, owner_id: str) -> Sequence[Upload]:
        uploads = (await self._uploads.page("by_owner", owner_id, limit=_ALL)).items
        await self._uploads.remove_owner(owner_id)
        return uploads

    async def count_owner(self, owner_id: str) -> int:
        return await self._uploads.count("by_owner", owner_id)
