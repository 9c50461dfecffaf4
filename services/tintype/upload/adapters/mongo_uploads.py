"""Uploads as documents in MongoDB."""

from __future__ import annotations

from typing import Final

from tintype.kit.store.mongo_shape import MongoShape, Stored, keysets_of
from tintype.upload.adapters import stored_uploads


class UploadDocument(Stored):
    """An upload; the times are milliseconds since 1970."""

    state: str
    expire_time: int
    create_time: int
    handle: str

    class Settings(Stored.Settings):
        """Where they lie, and how they are found."""

        name = stored_uploads.UPLOADS.table
        indexes = keysets_of(stored_uploads.UPLOADS)


UPLOADS: Final = MongoShape(stored_uploads.UPLOADS, UploadDocument)
