"""Counts stages for Prometheus."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from tintype.analysis.domain import Stage

_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class PrometheusMeter:
    """Meter on the metrics of the process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ended = Counter(
            "tintype_analysis_stages", "Stages of photos that ended.", ("stage", "outcome"), registry=registry
        )
        self._seconds = Histogram(
            "tintype_analysis_stage_seconds",
            "How long stages took, waiting included; metadata comes with derive.",
            ("stage",),
            buckets=_SECONDS,
            registry=registry,
        )

    def ended(self, stage: Stage, outcome: str) -> None:
        self._ended.labels(stage.value, outcome).inc()

    def took(self, stage: Stage, seconds: float) -> None:
        self._seconds.labels(stage.value).observe(seconds)
