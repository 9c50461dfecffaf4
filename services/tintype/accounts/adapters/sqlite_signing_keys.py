"""Signing keys in SQLite: the file is its owner's alone, as a file of keys would be."""

from __future__ import annotations

from typing import Final

from tintype.accounts.domain.signing import SigningKey
from tintype.accounts.ports import RecordExists, RevisionConflict
from tintype.kit.errors import NotFound
from tintype.kit.store.aggregate_shape import Index, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec
from tintype.kit.store.sqlite import Database

_MOST: Final = 100  # rotation keeps two or three

SHAPE: Final = Shape[SigningKey, object](
    table="accounts_signing_keys",
    codec=Codec(SigningKey),
    aggregate_id=lambda key: key.key_id,
    owner_id=lambda key: "",
    not_found=lambda key_id: NotFound("the signing key was not found", key_id=key_id),
    already_exists=lambda key_id: RecordExists("the signing key exists"),
    conflict=lambda key_id: RevisionConflict("the signing key was changed meanwhile"),
    indexes=(Index("all"),),
)


class SqliteSigningKeyRepository:
    """SigningKeyRepository on SQLite."""

    def __init__(self, database: Database, keys: Aggregates[SigningKey, object]) -> None:
        self._database = database
        self._keys = keys

    @classmethod
    async def open(cls, database: Database) -> SqliteSigningKeyRepository:
        """Make the tables if they are not there."""
        return cls(database, await Aggregates.open(database, SHAPE))

    async def add(self, key: SigningKey) -> None:
        await self._keys.add(key)

    async def all(self) -> list[SigningKey]:
        return (await self._keys.page("all", limit=_MOST)).items

    async def remove(self, key_id: str) -> None:
        statement = f"DELETE FROM {SHAPE.table} WHERE owner_id = '' AND id = ?"
        await self._database.write(lambda c: c.execute(statement, (key_id,)).rowcount)
