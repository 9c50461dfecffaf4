"""Operations between domain and contract."""

from __future__ import annotations

from typing import Final

from tintype.kit.operations.domain import Operation, OperationKind, OperationState
from tintype.kit.timestamps import timestamp_of
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
        create_time=timestamp_of(operation.create_time),
        update_time=timestamp_of(operation.update_time),
        end_time=timestamp_of(operation.end_time),
        error=operation.error,
        cancel_requested=operation.cancel_requested,
        counts=dict(operation.counts),
    )
