"""When a photo was taken: the instant, and what the clock on the wall showed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tintype.catalog.domain.source import OffsetSource, ValueSource

_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?")

_MINUTES_A_YEAR = 365.25 * 24 * 60


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
    def day(self) -> str:
        """The local day."""
        return self.local_time[:10]

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
    return 2 < time.local.year + minutes / _MINUTES_A_YEAR < 9998


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTime:
    """What somebody states of a capture time, in part or as a whole; an empty local time is not stated."""

    instant: datetime | None = None
    local_time: str = ""
    utc_offset_minutes: int = 0
    utc_offset_source: OffsetSource = OffsetSource.UNKNOWN


def completed(stated: StatedTime | None, *, source: ValueSource, offset_source: OffsetSource) -> CaptureTime | None:
    """A whole capture time; None if nothing readable is stated.

    The local time wins over the instant where both are given; an offset counts only where its source is stated.
    """
    if stated is None:
        return None
    knows_offset = stated.utc_offset_source is not OffsetSource.UNKNOWN
    offset = timedelta(minutes=stated.utc_offset_minutes if knows_offset else 0)
    if is_local_time(stated.local_time):
        local = _cut(datetime.fromisoformat(stated.local_time).replace(tzinfo=UTC))
    elif stated.instant is not None:
        local = _cut(stated.instant + offset)
    else:
        return None
    return CaptureTime(
        instant=local - offset,
        local_time=_iso(local),
        utc_offset_minutes=offset // timedelta(minutes=1),
        utc_offset_source=offset_source if knows_offset else OffsetSource.UNKNOWN,
        source=source,
    )


def _iso(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds" if instant.microsecond else "seconds")


def _cut(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
