"""Instants, cut to milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS: Final = (datetime(2, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
_LAST_MS: Final = (datetime(9998, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)


def instant_of(timestamp: Timestamp) -> datetime:
    """The instant; one outside of the calendar comes to its first or last years."""
    milliseconds = timestamp.seconds * 1000 + timestamp.nanos // 1_000_000
    return _EPOCH + timedelta(milliseconds=min(max(milliseconds, _FIRST_MS), _LAST_MS))


def timestamp_of(instant: datetime | None) -> Timestamp | None:
    """The timestamp; None stays None, which leaves a field unset."""
    if instant is None:
        return None
    since = instant - _EPOCH
    # By hand: a page of 50 photos has 750 of them, and dividing by a timedelta costs as much as all the rest.
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1000)
