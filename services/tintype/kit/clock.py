"""Time as a port, so that no test sleeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the current instant: aware, in UTC, cut to milliseconds (what every store keeps)."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        return cut_to_milliseconds(datetime.now(UTC))


def cut_to_milliseconds(instant: datetime) -> datetime:
    """Drop what MongoDB could not keep, so that both databases return what they were given."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
