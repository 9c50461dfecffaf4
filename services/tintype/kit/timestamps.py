"""Instants in the contract; what comes is cut to milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, overload

from google.protobuf.timestamp_pb2 import Timestamp

from tintype.kit.instants import instant_of, microseconds, milliseconds

_FIRST_MS: Final = milliseconds(datetime(2, 1, 1, tzinfo=UTC))
_LAST_MS: Final = milliseconds(datetime(9998, 12, 31, tzinfo=UTC))


def instant_from(timestamp: Timestamp) -> datetime:
    """The instant; one outside of the calendar comes to its first or last years."""
    since_1970_ms = timestamp.seconds * 1000 + timestamp.nanos // 1_000_000
    return instant_of(min(max(since_1970_ms, _FIRST_MS), _LAST_MS))


@overload
def timestamp_of(instant: datetime) -> Timestamp: ...


@overload
def timestamp_of(instant: datetime | None) -> Timestamp | None: ...


def timestamp_of(instant: datetime | None) -> Timestamp | None:
    """The timestamp; None stays None, which leaves a field unset."""
    if instant is None:
        return None
    seconds, rest = divmod(microseconds(instant), 1_000_000)
    return Timestamp(seconds=seconds, nanos=rest * 1000)
