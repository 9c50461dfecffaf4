"""Signing keys in MongoDB: whoever may read this collection can sign as the library, so encrypt its disks."""

from __future__ import annotations

from typing import Final

from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.ports import RecordExists, RevisionConflict
from tintype.kit.errors import NotFound
from tintype.kit.store.documents import Codec
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import EVERYTHING, MongoShape, Stored

_MOST: Final = 100  # rotation keeps two or three


class SigningKeyDocument(Stored):
    """A key, which nobody owns."""

    class Settings(Stored.Settings):
        """Where they lie."""

        name = "accounts_signing_keys"


SHAPE: Final = MongoShape[SigningKey, object](
    document=SigningKeyDocument,
    codec=Codec(SigningKey),
    aggregate_id=lambda key: key.key_id,
    owner_id=lambda key: "",
    not_found=lambda key_id: NotFound("the signing key was not found", key_id=key_id),
    already_exists=lambda key_id: RecordExists("the signing key exists"),
    conflict=lambda key_id: RevisionConflict("the signing key was changed meanwhile"),
)


class MongoSigningKeyRepository:
    """SigningKeyRepository on MongoDB."""

    def __init__(self, keys: MongoAggregates[SigningKey, object]) -> None:
        self._keys = keys

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoSigningKeyRepository:
        """Connect to the collection."""
        return cls(await MongoAggregates.open(database, SHAPE))

    async def add(self, key: SigningKey) -> None:
        await self._keys.add(key)

    async def all(self) -> list[SigningKey]:
        return (await self._keys.page(EVERYTHING, limit=_MOST)).items

    async def remove(self, key_id: str) -> None:
        await self._keys.discard(owner_id="", aggregate_id=key_id)
