"""What operations are found by, in every store."""

from __future__ import annotations

from typing import Final

from tintype.kit.instants import milliseconds
from tintype.kit.operations.domain import Operation, ProcessEntry, SweepRun
from tintype.kit.store.documents import Codec

NEVER: Final = 1 << 60  # milliseconds: an ended operation is never due, an open one has never ended

OPERATION: Final = Codec(Operation)
ENTRY: Final = Codec(ProcessEntry)
RUN: Final = Codec(SweepRun)


def due_ms(operation: Operation) -> int:
    """When it may be begun, or its run must have shown itself."""
    return NEVER if operation.state.ended else milliseconds(operation.due_time)


def end_ms(operation: Operation) -> int:
    """When it ended."""
    return NEVER if operation.end_time is None else milliseconds(operation.end_time)
