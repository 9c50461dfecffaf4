"""Samples, pairs of reference and candidate, and what is stored of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

NOISY: Final = 0.10  # a reference that spreads more than this is flagged

Measure = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Samples:
    """What was measured, in the order in which it was."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """Widest distance between two, as a part of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0

    def percentile(self, part: float) -> float:
        """The value that `part` of the samples do not exceed."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]

    def as_json(self, *, latencies: bool) -> dict[str, object]:
        found: dict[str, object] = {
            "samples": [round(value, 5) for value in self.values],
            "median": round(self.median, 5),
            "min": round(min(self.values), 5),
            "max": round(max(self.values), 5),
        }
        if latencies:
            found |= {name: round(self.percentile(part), 5) for name, part in PERCENTILES.items()}
        return found


PERCENTILES: Final = {"p50": 0.50, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True)
class Row:
    """One figure. Without a reference there is nothing to compare with; `mark` is what it has to reach."""

    name: str
    unit: str
    candidate: Samples
    reference: Samples | None = None
    ratio: Samples | None = None
    mark: str = ""
    met: bool | None = None
    note: str = ""
    latencies: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "reference": self.reference.as_json(latencies=self.latencies) if self.reference else None,
            "candidate": self.candidate.as_json(latencies=self.latencies),
            "ratio": self.ratio.as_json(latencies=False) if self.ratio else None,
            "mark": self.mark,
            "met": self.met,
            "note": self.note,
        }


@dataclass
class Progress:
    """Says what runs, so that nobody waits in the dark."""

    started: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.started:6.1f} s] {text}", flush=True)


async def paired(
    reference: Measure, candidate: Measure, *, pairs: int, warm_up: bool = True
) -> tuple[Samples, Samples]:
    """Measure both in turn, R C C R, so that drift hits both alike; one unmeasured run of each first."""
    if warm_up:
        await reference()
        await candidate()
    references: list[float] = []
    candidates: list[float] = []
    for number in range(pairs):
        order: Sequence[tuple[Measure, list[float]]] = [(reference, references), (candidate, candidates)]
        for measure, found in order if number % 2 == 0 else reversed(order):
            found.append(await measure())
    return Samples(tuple(references)), Samples(tuple(candidates))


def compared(
    name: str,
    unit: str,
    reference: Samples,
    candidate: Samples,
    *,
    least: float = 0.0,
    most: float = 0.0,
    note: str = "",
) -> Row:
    """A row of candidate / reference, taken pair by pair."""
    ratio = Samples(tuple(c / r for c, r in zip(candidate.values, reference.values, strict=True)))
    noisy = f"the reference spread {reference.spread:.0%}" if reference.spread > NOISY else ""
    return Row(
        name,
        unit,
        candidate,
        reference,
        ratio,
        mark=f">= {least}" if least else f"<= {most}" if most else "",
        met=ratio.median >= least if least else ratio.median <= most if most else None,
        note="; ".join(part for part in (note, noisy) if part),
    )
