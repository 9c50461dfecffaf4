"""The wanted models in MongoDB."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tintype.catalog.adapters.documents import MODELS
from tintype.catalog.domain.model import WantedModels
from tintype.catalog.ports.model import ModelsConflict
from tintype.kit.errors import DomainError
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import MongoShape, Stored

_ID: Final = "wanted"


class WantedModelsDocument(Stored):
    """The one statement of an installation."""

    class Settings(Stored.Settings):
        """Where it lies."""

        name = "wanted_models"


def _conflict(_: str) -> DomainError:
    return ModelsConflict("another worker stated its models in between")


WANTED: Final = MongoShape[WantedModels, object](
    document=WantedModelsDocument,
    codec=MODELS,
    aggregate_id=lambda _: _ID,
    owner_id=lambda _: "",
    not_found=_conflict,
    already_exists=_conflict,
    conflict=_conflict,
)


class MongoWantedModelsRepository:
    """WantedModelsRepository on MongoDB."""

    def __init__(self, models: MongoAggregates[WantedModels, object]) -> None:
        self._models = models

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoWantedModelsRepository:
        """Its collection."""
        return cls(await MongoAggregates.open(database, WANTED))

    async def load(self) -> WantedModels:
        """See `WantedModelsRepository`."""
        found = await self._models.load_many(owner_id="", aggregate_ids=[_ID])
        return found[0] if found else WantedModels()

    async def replace(self, models: WantedModels) -> WantedModels:
        """See `WantedModelsRepository`."""
        if models.revision == 0:
            first = replace(models, revision=1)
            await self._models.add(first)
            return first
        return await self._models.replace(models)
