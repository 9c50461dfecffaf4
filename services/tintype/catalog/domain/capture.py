"""When a photo was taken: the instant, and what the clock on the wall showed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tintype.catalog.domain.source import OffsetSource, ValueSource

_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureTime:
    """An instant and its local time.

    `local_time` is ISO 8601 without an offset. Where `utc_offset_source` is UNKNOWN, `instant` is the local time read
    as if it were UTC, so that photos without an offset still sort.
    """

    instant: datetime
    local_time: str
    utc_offset_minutes: int = 0
    utc_offset_source: OffsetSource = OffsetSource.UNKNOWN
    source: ValueSource = ValueSource.UNKNOWN

    @property
    def local(self) -> datetime:
        """What the clock on the wall showed, as if it were UTC."""
        return datetime.fromisoformat(self.local_time).replace(tzinfo=UTC)

    @property
    def month(self) -> str:
        """The first day of the local month."""
        return f"{self.local_time[:7]}-01"

    def shifted(self, minutes: int) -> CaptureTime:
        """The time of a camera whose clock was wrong, as its owner sets it."""
        delta = timedelta(minutes=minutes)
        return replace(
            self,
            instant=self.instant + delta,
            local_time=_iso(self.local + delta),
            source=ValueSource.USER,
        )


def can_be_shifted(time: CaptureTime, minutes: int) -> bool:
    """Whether the shifted time still lies within the years that can be written."""
    return 1 <= time.local.year + minutes / (60 * 24 * 365) < 9998 and abs(minutes) < 5_000_000_000


def is_local_time(text: str) -> bool:
    """Whether the text is an ISO 8601 date and time of the calendar, without an offset."""
    if not _LOCAL.fullmatch(text):
        return False
    try:
        return 1 < datetime.fromisoformat(text).year < 9999
    except ValueError:
        return False


def capture_time_at(instant: datetime, *, source: ValueSource) -> CaptureTime:
    """A capture time of which only the instant is known: its local time is read in UTC."""
    return CaptureTime(instant=instant, local_time=_iso(instant), source=source)


def completed(given: CaptureTime, *, source: ValueSource, offset_source: OffsetSource) -> CaptureTime:
    """A capture time that somebody stated in part.

    The local time wins over the instant where both are given; an offset counts only where its source is stated.
    """
    knows_offset = given.utc_offset_source is not OffsetSource.UNKNOWN
    minutes = given.utc_offset_minutes if knows_offset else 0
    local = given.local if given.local_time else given.instant + timedelta(minutes=minutes)
    return CaptureTime(
        instant=_cut(local - timedelta(minutes=minutes)),
        local_time=_iso(_cut(local)),
        utc_offset_minutes=minutes,
        utc_offset_source=offset_source if knows_offset else OffsetSource.UNKNOWN,
        source=source,
    )


def _iso(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds" if instant.microsecond else "seconds")


def _cut(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
