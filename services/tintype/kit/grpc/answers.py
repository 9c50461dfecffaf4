"""The one table from a kind of failure to what the caller and the broker are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from grpc import StatusCode

from tintype.kit.errors import (
    AlreadyExists,
    Cancelled,
    Conflict,
    DataLoss,
    DomainError,
    FailedPrecondition,
    InvalidInput,
    NewerVersionNeeded,
    NotFound,
    OutOfRange,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)


class Verdict(Enum):
    """What becomes of an event whose consumer failed."""

    REJECT = "reject"  # redelivery cannot help
    RETRY = "retry"  # soon, while attempts are left
    WAIT = "wait"  # stop fetching and probe what is away; counts no attempt
    LEAVE = "leave"  # to a process of a newer version, which takes it when it comes again, much later


@dataclass(frozen=True, slots=True)
class Answer:
    """The caller's status and the broker's verdict."""

    status: StatusCode
    verdict: Verdict


class DeadlineExceeded(DomainError):
    """The call took longer than its deadline, or than calls without one may."""

    reason = "DEADLINE_EXCEEDED"


ANSWERS: Final[Mapping[type[DomainError], Answer]] = {
    InvalidInput: Answer(StatusCode.INVALID_ARGUMENT, Verdict.REJECT),
    OutOfRange: Answer(StatusCode.OUT_OF_RANGE, Verdict.REJECT),
    NotFound: Answer(StatusCode.NOT_FOUND, Verdict.REJECT),
    AlreadyExists: Answer(StatusCode.ALREADY_EXISTS, Verdict.REJECT),
    Conflict: Answer(StatusCode.ABORTED, Verdict.RETRY),
    FailedPrecondition: Answer(StatusCode.FAILED_PRECONDITION, Verdict.REJECT),
    NewerVersionNeeded: Answer(StatusCode.FAILED_PRECONDITION, Verdict.LEAVE),
    Unauthenticated: Answer(StatusCode.UNAUTHENTICATED, Verdict.WAIT),  # between services: the secret is being changed
    PermissionDenied: Answer(StatusCode.PERMISSION_DENIED, Verdict.REJECT),
    ResourceExhausted: Answer(StatusCode.RESOURCE_EXHAUSTED, Verdict.WAIT),  # a full disk is nobody's failed attempt
    Unavailable: Answer(StatusCode.UNAVAILABLE, Verdict.WAIT),  # the only code that clients retry
    DataLoss: Answer(StatusCode.DATA_LOSS, Verdict.REJECT),
    Cancelled: Answer(StatusCode.CANCELLED, Verdict.REJECT),
    DeadlineExceeded: Answer(StatusCode.DEADLINE_EXCEEDED, Verdict.RETRY),
}
UNEXPECTED: Final = Answer(StatusCode.INTERNAL, Verdict.RETRY)  # says "internal error"; the log has the cause


def answer_to(error: BaseException) -> Answer:
    """The answer of the nearest class of the error that the table names."""
    for kind in type(error).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return UNEXPECTED
