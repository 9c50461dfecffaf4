"""Instants as the streams keep them: milliseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_MILLISECOND: Final = timedelta(milliseconds=1)
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(instant: datetime) -> int:
    """Since 1970, exact: a float would be off by one now and then."""
    return (instant - _BEGINNING) // _MILLISECOND


def instant_of(since_1970_ms: int) -> datetime:
    """The reverse."""
    return _BEGINNING + since_1970_ms * _MILLISECOND
