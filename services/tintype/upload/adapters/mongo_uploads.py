"""Uploads in MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tintype.kit.store.aggregate_outbox import milliseconds
from tintype.kit.store.documents import Codec
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_errors import translated
from tintype.kit.store.mongo_shape import Keyset, MongoShape, Stored
from tintype.upload.domain import Upload, UploadState
from tintype.upload.ports import UploadConflict, UploadExists, UploadNotFound

_ALL: Final = 1_000_000  # an owner has a handful of uploads under way; this is no page


class UploadDocument(Stored):
    """An upload; the times are milliseconds since 1970."""

    state: str
    expire_time: int
    create_time: int
    handle: str

    class Settings(Stored.Settings):
        """Where they lie, and how they are found."""

        name = "uploads"
        indexes = (
            Keyset("by_state", equal=("owner_id", "state"), order=("create_time",)),
            Keyset("by_owner", equal=("owner_id",), order=("create_time",)),
            Keyset("by_expiry", order=("expire_time",)),
        )


SHAPE: Final = MongoShape[Upload, object](
    document=UploadDocument,
    codec=Codec(Upload),
    aggregate_id=lambda upload: upload.upload_id,
    not_found=UploadNotFound,
    already_exists=UploadExists,
    conflict=UploadConflict,
    keys=lambda upload: {
        "state": upload.state.value,
        "expire_time": milliseconds(upload.expire_time),
        "create_time": milliseconds(upload.create_time),
        "handle": upload.handle,
    },
)


class MongoUploadRepository:
    """UploadRepository in one collection."""

    def __init__(self, uploads: MongoAggregates[Upload, object]) -> None:
        self._uploads = uploads

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoUploadRepository:
        """Make the indexes if they are not there."""
        return cls(await MongoAggregates.open(database, SHAPE))

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
        page = await self._uploads.page("by_expiry", limit=limit, until=(milliseconds(before) - 1,))
        return page.items

    async def handles(self) -> frozenset[str]:
        with translated("uploads"):
            rows = await self._uploads.collection.find({}, {"handle": 1}).to_list()
        return frozenset(row["handle"] for row in rows)

    async def remove_owner(self, owner_id: str) -> Sequence[Upload]:
        uploads = (await self._uploads.page("by_owner", owner_id, limit=_ALL)).items
        await self._uploads.remove_owner(owner_id)
        return uploads

    async def count_owner(self, owner_id: str) -> int:
        return await self._uploads.count("by_owner", owner_id)
