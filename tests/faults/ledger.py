"""What each scenario did, for the table at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.owner import Owner


@dataclass(frozen=True)
class Row:
    """One scenario."""

    scenario: str
    seconds: float
    faults: int
    lost: int
    doubled: int

    @classmethod
    def of(cls, scenario: str, seconds: float, owners: Sequence[Owner]) -> Row:
        faults, lost = sum(each.faults for each in owners), sum(each.lost for each in owners)
        return cls(scenario, seconds, faults, lost, sum(each.doubled for each in owners))


def table(rows: Sequence[Row]) -> list[str]:
    """Its lines."""
    head = f"{'scenario':<78} {'seconds':>8} {'faults':>7} {'lost':>5} {'doubled':>8}"
    return [head, *(f"{r.scenario:<78} {r.seconds:>8.1f} {r.faults:>7} {r.lost:>5} {r.doubled:>8}" for r in rows)]
