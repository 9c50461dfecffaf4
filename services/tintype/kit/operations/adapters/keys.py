"""What operations are found by, in every store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from tintype.kit.operations.domain import Operation, ProcessEntry, SweepRun
from tintype.kit.store.documents import Codec

NEVER: Final = 1 << 60  # milliseconds: an ended operation is never due, an open one has never ended

OPERATION: Final = Codec(Operation)
ENTRY: Final = Codec(ProcessEntry)
RUN: Final = Codec(SweepRun)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(instant: datetime) -> int:
    """Since 1970, exactly."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def instant(milliseconds: int) -> datetime:
    """The time so long after 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def due_ms(operation: Operation) -> int:
    """When it may be begun, or its run must have shown itself."""
    return NEVER if operation.state.ended else milliseconds(operation.due_time)


def end_ms(operation: Operation) -> int:
    """When it ended."""
    return NEVER if operation.end_time is None else milliseconds(operation.end_time)
