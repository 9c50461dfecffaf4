"""Which model the library wants for each stage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tintype.catalog.domain.result import Outcome
from tintype.catalog.domain.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StageModel:
    """The model of a stage; empty where the pack has none. Packs of a higher rank replace those of a lower."""

    stage: Stage
    model: str
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedModels:
    """What any worker stated so far, one a stage: the highest rank, and of equal ones the last."""

    models: tuple[StageModel, ...] = ()
    revision: int = 0

    def wanted(self, stage: Stage) -> StageModel | None:
        """The wanted model; None as long as no worker stated one."""
        return next((model for model in self.models if model.stage is stage), None)

    def accepts(self, outcome: Outcome) -> bool:
        """Whether an outcome is to be applied. Before any worker stated its models, any is."""
        wanted = self.wanted(outcome.stage)
        if wanted is None or wanted.model == outcome.model:
            return True
        if outcome.failure is not None:
            return outcome.model == ""
        return outcome.content is None and wanted.model == ""

    def has(self, stage: Stage) -> bool:
        """Whether the library can do the stage, as far as it knows."""
        wanted = self.wanted(stage)
        return wanted is None or wanted.model != ""

    def is_switch_to(self, later: WantedModels) -> bool:
        """Whether results of before are not what is wanted later: another model of a stage that was stated before."""
        return any(
            (known := self.wanted(model.stage)) is not None and model.model not in ("", known.model)
            for model in later.models
        )

    def offered(self, models: Iterable[StageModel]) -> WantedModels:
        """What is wanted once a worker offers these; itself if that changes nothing."""
        wanted = {model.stage: model for model in self.models}
        for model in models:
            known = wanted.get(model.stage)
            if known is None or model.rank >= known.rank:
                wanted[model.stage] = model
        models_now = tuple(wanted[stage] for stage in Stage if stage in wanted)
        return self if models_now == self.models else WantedModels(models=models_now, revision=self.revision)
