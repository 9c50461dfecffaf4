"""The wanted models, in either database."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tintype.catalog.adapters.documents import MODELS
from tintype.catalog.domain.model import WantedModels
from tintype.catalog.ports.model import ModelsConflict
from tintype.kit.errors import DomainError
from tintype.kit.store.aggregate_shape import Shape
from tintype.kit.store.aggregates import Aggregates

_ID: Final = "wanted"


def _conflict(_: str) -> DomainError:
    return ModelsConflict("another worker stated its models in between")


WANTED: Final = Shape[WantedModels, object](
    table="wanted_models",
    codec=MODELS,
    aggregate_id=lambda _: _ID,
    owner_id=lambda _: "",
    not_found=_conflict,
    already_exists=_conflict,
    conflict=_conflict,
)


class StoredWantedModelsRepository:
    """WantedModelsRepository over aggregates."""

    def __init__(self, models: Aggregates[WantedModels, object]) -> None:
        self._models = models

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
