"""Where it is kept which models the library wants."""

from __future__ import annotations

from typing import Protocol

from tintype.catalog.domain.model import WantedModels
from tintype.kit.errors import Conflict


class ModelsConflict(Conflict):
    """Another worker stated its models in between."""


class WantedModelsRepository(Protocol):
    """The one statement of an installation."""

    async def load(self) -> WantedModels:
        """Empty, at revision 0, until it was stored."""

    async def replace(self, models: WantedModels) -> WantedModels:
        """Returns it at its next revision. Raises ModelsConflict unless the stored revision is `models.revision`."""
