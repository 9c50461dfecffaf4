"""Signing keys, in either database.

A SQLite file is its owner's alone, as a file of keys would be. Whoever may read the collection in MongoDB can sign as
the library, so encrypt its disks.
"""

from __future__ import annotations

from typing import Final

from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.ports import RecordExists, RevisionConflict
from tintype.kit.errors import NotFound
from tintype.kit.store.aggregate_shape import EVERYTHING, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec

_MOST: Final = 100  # rotation keeps two or three

SIGNING_KEYS: Final = Shape[SigningKey, object](
    table="accounts_signing_keys",
    codec=Codec(SigningKey),
    aggregate_id=lambda key: key.key_id,
    owner_id=lambda key: "",
    not_found=lambda key_id: NotFound("the signing key was not found", key_id=key_id),
    already_exists=lambda key_id: RecordExists("the signing key exists"),
    conflict=lambda key_id: RevisionConflict("the signing key was changed meanwhile"),
)


class StoredSigningKeyRepository:
    """SigningKeyRepository over aggregates."""

    def __init__(self, keys: Aggregates[SigningKey, object]) -> None:
        self._keys = keys

    async def add(self, key: SigningKey) -> None:
        await self._keys.add(key)

    async def all(self) -> list[SigningKey]:
        return (await self._keys.page(EVERYTHING, limit=_MOST)).items

    async def remove(self, key_id: str) -> None:
        await self._keys.discard(owner_id="", aggregate_id=key_id)
