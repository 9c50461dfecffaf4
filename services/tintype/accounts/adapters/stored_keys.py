"""API keys, in either database."""

from __future__ import annotations

from typing import Final

from tintype.accounts.domain.keys import ApiKey
from tintype.accounts.ports import ApiKeyNotFound, RecordExists, RevisionConflict
from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates
from tintype.kit.store.documents import Codec

API_KEYS: Final = Shape[ApiKey, object](
    table="accounts_api_keys",
    codec=Codec(ApiKey),
    aggregate_id=lambda key: key.api_key_id,
    owner_id=lambda key: key.user_id,
    not_found=ApiKeyNotFound,
    already_exists=lambda api_key_id: RecordExists("the key exists"),
    conflict=lambda api_key_id: RevisionConflict("the key was changed meanwhile", api_key_id=api_key_id),
    columns=(
        Column("create_ms", "INTEGER", lambda key: milliseconds(key.create_time)),
        Column("secret_hash", "TEXT", lambda key: key.secret_hash),
    ),
    indexes=(
        Index("of_user", equal=("owner_id",), order=("create_ms",)),
        Index("by_hash", equal=("secret_hash",), unique=True),
    ),
)


class StoredApiKeyRepository:
    """ApiKeyRepository over aggregates."""

    def __init__(self, keys: Aggregates[ApiKey, object]) -> None:
        self._keys = keys

    async def add(self, key: ApiKey) -> None:
        await self._keys.add(key)

    async def replace(self, key: ApiKey) -> ApiKey:
        return await self._keys.replace(key)

    async def remove(self, *, user_id: str, api_key_id: str) -> bool:
        return await self._keys.discard(owner_id=user_id, aggregate_id=api_key_id)

    async def find_by_hash(self, secret_hash: str) -> ApiKey | None:
        return await self._keys.find("by_hash", secret_hash)

    async def of_user(self, user_id: str, *, limit: int) -> list[ApiKey]:
        return (await self._keys.page("of_user", user_id, limit=limit, descending=True)).items

    async def count_of_user(self, user_id: str) -> int:
        return await self._keys.count("of_user", user_id)

    async def remove_of_user(self, user_id: str) -> int:
        return await self._keys.remove_owner(user_id)
