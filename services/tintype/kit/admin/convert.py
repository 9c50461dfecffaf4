"""Administration between domain and contract."""

from __future__ import annotations

from typing import Final

from google.protobuf.message import DecodeError

from tintype.kit.admin.ports import DeadLetter
from tintype.kit.admin.service import Queue, SweepState
from tintype.kit.fact import Event
from tintype.kit.operations.domain import Finding, ModelPackStatus, Severity
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import admin_service_pb2 as pb
from tintype.v1 import events_pb2, photo_pb2

SEVERITIES: Final = {
    Severity.OK: pb.SEVERITY_OK,
    Severity.WARNING: pb.SEVERITY_WARNING,
    Severity.ERROR: pb.SEVERITY_ERROR,
}


def queue_to_proto(queue: Queue) -> pb.JobQueue:
    """A consumer and what it has to do."""
    return pb.JobQueue(
        consumer=queue.consumer,
        waiting=queue.waiting,
        in_flight=queue.in_flight,
        oldest_time=timestamp_of(queue.oldest),
        blocked_by=queue.blocked_by,
    )


def dead_letter_to_proto(letter: DeadLetter) -> pb.DeadLetter:
    """A letter whose fact is no longer kept still says who gave up and why."""
    event = letter.event
    return pb.DeadLetter(
        dead_letter_id=letter.dead_letter_id,
        consumer=letter.consumer,
        event_id=event.event_id if event else "",
        fact=event.name if event else "",
        owner_id=event.owner_id if event else "",
        photo_id=photo_id_in(event) if event else "",
        reason=letter.reason,
        deliveries=letter.delivered,
        time=timestamp_of(letter.time),
    )


def photo_id_in(event: Event) -> str:
    """The photo that a fact is about; empty if it is about none, or cannot be read."""
    kind = getattr(events_pb2, event.name, None)
    if kind is None or "photo_id" not in kind.DESCRIPTOR.fields_by_name:
        return ""
    try:
        return str(kind.FromString(event.payload).photo_id)
    except DecodeError:
        return ""


def sweep_to_proto(state: SweepState) -> pb.Sweep:
    """A sweep and its last run."""
    last = state.last
    return pb.Sweep(
        sweep=state.definition.sweep,
        title=state.definition.title,
        period_s=int(state.definition.period.total_seconds()),
        last_time=timestamp_of(last.end_time if last else None),
        found=last.found if last else 0,
        error=last.error if last else "",
    )


def model_to_proto(model: ModelPackStatus) -> pb.ModelPack:
    """A model pack of a process."""
    return pb.ModelPack(
        pack=model.pack,
        version=model.version,
        state=model.state,
        message=model.message,
        done_bytes=model.done_bytes,
        total_bytes=model.total_bytes,
        capabilities=model.capabilities,
        licence=model.licence,
    )


def finding_to_proto(finding: Finding) -> pb.Finding:
    """The outcome of a check."""
    return pb.Finding(
        service=finding.service,
        check=finding.check,
        severity=SEVERITIES[finding.severity],
        message=finding.message,
        advice=finding.advice,
    )


def stage_name(stage: photo_pb2.Stage) -> str:
    """The name of a stage in lower case, as groups and arguments of operations have it."""
    return photo_pb2.Stage.Name(stage).removeprefix("STAGE_").lower()
