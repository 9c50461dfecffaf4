"""Operations between domain and contract."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from tintype.kit.operations.domain import Operation, OperationKind, OperationState
from tintype.v1 import operation_pb2 as pb

KINDS: Final = {kind: f"OPERATION_KIND_{kind.name}" for kind in OperationKind}
STATES: Final = {state: f"OPERATION_STATE_{state.name}" for state in OperationState}


def operation_to_proto(operation: Operation) -> pb.Operation:
    """As its owner sees it: what a run notes for itself is left out."""
    progress = operation.progress
    return pb.Operation(
        operation_id=operation.operation_id,
        owner_id=operation.owner_id,
        kind=KINDS[operation.kind],
        state=STATES[operation.state],
        progress=pb.OperationProgress(
            done=progress.done, total=progress.total, failed=progress.failed, unit=progress.unit, step=progress.step
        ),
        create_time=time_to_proto(operation.create_time),
        update_time=time_to_proto(operation.update_time),
        end_time=time_to_proto(operation.end_time),
        error=operation.error,
        cancel_requested=operation.cancel_requested,
        counts=dict(operation.counts),
    )


def time_to_proto(instant: datetime | None) -> Timestamp | None:
    """Unset for None."""
    if instant is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp
