"""How likely a hit is what was meant, in [0, 1], from what its legs found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tintype.search.domain.fusion import LegPart
from tintype.search.domain.query import Leg

Calibrations = Mapping[str, Callable[[float], float]]


def relevance_of(parts: Iterable[LegPart], calibrations: Calibrations) -> float:
    """The most that any leg says: each is right when it is sure, and silent about what it cannot see."""
    return max((_of_part(part, calibrations) for part in parts), default=0.0)


def _of_part(part: LegPart, calibrations: Calibrations) -> float:
    match part.leg:
        case Leg.WORDS:
            return part.matched
        case Leg.VECTOR if part.space in calibrations:
            return calibrations[part.space](part.score)
        case Leg.PHOTO | Leg.IMAGE:
            return min(max(part.score, 0.0), 1.0)  # two pictures compare by their similarity itself
        case Leg.LISTING:
            return 1.0  # what was asked for is exactly what the filters say
        case _:
            return 0.0
