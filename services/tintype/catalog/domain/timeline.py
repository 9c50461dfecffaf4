"""The timeline: how many photos its months and days hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class DayCount:
    """A day of local capture time, ISO 8601, and how many photos it holds."""

    day: str
    count: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A month, by its first day, and how many photos it holds; `days` where they were asked for."""

    month: str
    count: int
    days: tuple[DayCount, ...] = ()


def buckets_of(days: Iterable[DayCount], *, days_from: int) -> list[Bucket]:
    """The months of days that are in order; those of at least `days_from` photos have their days, for 0 none has."""
    return [
        _bucket(month, tuple(of_month), days_from=days_from)
        for month, of_month in groupby(days, key=lambda each: each.day[:7])
    ]


def _bucket(month: str, days: tuple[DayCount, ...], *, days_from: int) -> Bucket:
    count = sum(day.count for day in days)
    return Bucket(f"{month}-01", count, days if 0 < days_from <= count else ())
