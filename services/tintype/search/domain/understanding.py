"""How the words of a query were read: which runs of them became filters, and what is left to look for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tintype.search.domain.photo_filter import PhotoFilter


class PartKind(StrEnum):
    """What a run of words was understood as."""

    DATE = "date"
    MONTH = "month"
    SEASON = "season"
    WEEKDAY = "weekday"
    HOUR = "hour"
    HOLIDAY = "holiday"
    PLACE = "place"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class UnderstoodPart:
    """A run of words, from `start` to before `end` in code points, and the filter that it became."""

    words: str
    start: int
    end: int
    kind: PartKind
    filter: PhotoFilter


@dataclass(frozen=True, slots=True)
class Understanding:
    """The parts in the order they stand in, and the words between them."""

    remaining: str = ""
    parts: tuple[UnderstoodPart, ...] = ()

    @classmethod
    def of(cls, text: str, parts: Sequence[UnderstoodPart]) -> Understanding:
        """Cut the parts out of a text."""
        ordered = sorted(parts, key=lambda part: part.start)
        left, position = [], 0
        for part in ordered:
            left.append(text[position : part.start])
            position = part.end
        left.append(text[position:])
        remaining = " ".join(" ".join(left).split()).strip(" ,;.!?")
        return cls(remaining, tuple(ordered))
