"""Tell the catalog which models the workers have, now and whenever the serving pack changes."""

from __future__ import annotations

from tintype.analysis.domain import CODE_MODEL, FROM_FILE, Stage
from tintype.analysis.ports import Catalog
from tintype.analysis.service.analyse import ABILITIES
from tintype.vision.ports import Vision


class Offer:
    """What was last stated to the catalog."""

    def __init__(self, *, catalog: Catalog, vision: Vision) -> None:
        self._catalog = catalog
        self._vision = vision
        self._stated: dict[Stage, str] | None = None

    async def state(self) -> bool:
        """State the models if they are others than last time; says whether they were. Raises CatalogUnavailable."""
        models = dict.fromkeys(FROM_FILE, CODE_MODEL)
        capabilities = {each.ability: each.model for each in self._vision.capabilities()}
        models |= {stage: capabilities[ability] for stage, ability in ABILITIES.items()}
        if models == self._stated:
            return False
        await self._catalog.offer(models, rank=0 if self._vision.status().serving_pack == "builtin" else 1)
        self._stated = models
        return True
