"""The erasure of a user: what every service has reported, in two rounds.

The first round removes what there is. Then every credential of the user is refused everywhere, and the second round
removes what a last call may have written meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

LAST_ROUND: Final = 2


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What a service still holds of the user, by store."""

    service: str
    left: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure under way. `told_time` is when the services were last told to remove the user."""

    user_id: str
    operation_id: str
    operation_owner_id: str
    told_time: datetime
    round: int = 1
    reports: tuple[ErasureReport, ...] = ()
    revision: int = 1

    def reported(self, service: str, left: Collection[tuple[str, int]]) -> Erasure:
        """With what a service says now; what it said before is replaced."""
        others = tuple(each for each in self.reports if each.service != service)
        return replace(self, reports=(*others, ErasureReport(service, tuple(sorted(left)))))

    def missing(self, services: Collection[str]) -> tuple[str, ...]:
        """Those that have not reported in this round, or that still hold something; sorted."""
        done = {report.service for report in self.reports if all(count == 0 for _, count in report.left)}
        return tuple(sorted(set(services) - done))

    def told(self, now: datetime) -> Erasure:
        """The services were told once more."""
        return replace(self, told_time=now)

    def next_round(self, now: datetime) -> Erasure:
        """Everybody has to report again."""
        return replace(self, round=self.round + 1, reports=(), told_time=now)

    def taken_over(self, *, operation_id: str, operation_owner_id: str) -> Erasure:
        """By another operation, after the first failed or was stopped."""
        return replace(self, operation_id=operation_id, operation_owner_id=operation_owner_id)

    def counts(self) -> dict[str, int]:
        """What is left, by `service.store`."""
        return {f"{report.service}.{store}": count for report in self.reports for store, count in report.left}
