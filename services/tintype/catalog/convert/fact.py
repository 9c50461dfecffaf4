"""Facts as the stream carries them."""

from __future__ import annotations

from google.protobuf.message import Message

from tintype.catalog.convert.enums import PHOTO_STATES, STAGES
from tintype.catalog.domain.fact import (
    AnalysisRequested,
    PhotoChanged,
    PhotoDeleted,
    PhotoFact,
    PhotoReady,
    PhotoRegistered,
    Priority,
)
from tintype.v1 import events_pb2


def fact_to_event(fact: PhotoFact) -> tuple[Message, int]:
    """The message of a fact, and the queue it goes to; facts that ask for no work have the first."""
    return _message(fact), int(getattr(fact, "priority", Priority.PERSON))


def _message(fact: PhotoFact) -> Message:
    photo_id, owner_id, revision = fact.photo_id, fact.owner_id, fact.revision
    match fact:
        case PhotoRegistered():
            return events_pb2.PhotoRegistered(photo_id=photo_id, owner_id=owner_id, revision=revision)
        case AnalysisRequested():
            stages = [STAGES[stage] for stage in fact.stages]
            return events_pb2.AnalysisRequested(photo_id=photo_id, owner_id=owner_id, revision=revision, stages=stages)
        case PhotoChanged():
            groups = [group.value for group in fact.groups]
            return events_pb2.PhotoChanged(photo_id=photo_id, owner_id=owner_id, revision=revision, groups=groups)
        case PhotoReady():
            state = PHOTO_STATES[fact.state]
            return events_pb2.PhotoReady(photo_id=photo_id, owner_id=owner_id, revision=revision, state=state)
        case PhotoDeleted():
            return events_pb2.PhotoDeleted(photo_id=photo_id, owner_id=owner_id, revision=revision)
