"""Uploads, in either database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec
from tintype.upload.domain import Upload, UploadState
from tintype.upload.ports import UploadConflict, UploadExists, UploadNotFound

_ALL: Final = 1_000_000  # an owner has a handful of uploads under way; this is no page


UPLOADS: Final = Shape[Upload, object](
    table="uploads",
    codec=Codec(Upload),
    aggregate_id=lambda upload: upload.upload_id,
    not_found=UploadNotFound,
    already_exists=UploadExists,
    conflict=UploadConflict,
    columns=(
        Column("state", "TEXT", lambda upload: upload.state.value),
        Column("expire_time", "INTEGER", lambda upload: milliseconds(upload.expire_time)),
        Column("create_time", "INTEGER", lambda upload: milliseconds(upload.create_time)),
        Column("handle", "TEXT", lambda upload: upload.handle),
    ),
    indexes=(
        Index("by_state", equal=("owner_id", "state"), order=("create_time",)),
        Index("by_owner", equal=("owner_id",), order=("create_time",)),
        Index("by_expiry", order=("expire_time",)),
    ),
)


class StoredUploadRepository:
    """UploadRepository over aggregates."""

    def __init__(self, uploads: Aggregates[Upload, object]) -> None:
        self._uploads = uploads

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
        return frozenset(str(handle) for handle in await self._uploads.values("handle"))

    async def remove_owner(self, owner_id: str) -> Sequence[Upload]:
        uploads = (await self._uploads.page("by_owner", owner_id, limit=_ALL)).items
        await self._uploads.remove_owner(owner_id)
        return uploads

    async def count_owner(self, owner_id: str) -> int:
        return await self._uploads.count("by_owner", owner_id)
