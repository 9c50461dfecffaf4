"""The kinds of failure, without transport; every error of ours is a subclass of one of them.

DomainError
├── InvalidInput        the request can never succeed as it is
├── OutOfRange          a position, cursor or range that does not exist (any more)
├── NotFound            no such thing, or somebody else's: a caller cannot tell which
├── AlreadyExists       the id or name is taken
├── Conflict            somebody else changed it in between; load again and retry
├── FailedPrecondition  the thing is not in a state that allows this
│   └── NewerVersionNeeded  a process of a newer version can do it
├── Unauthenticated     no valid credential
├── PermissionDenied    a valid credential that may not do this
├── ResourceExhausted   a quota, limit or capacity is used up
├── Unavailable         something that we depend on is away; the same call may succeed later
├── DataLoss            bytes are not what they should be
└── Cancelled           the caller gave up

A port's errors stand beside it in `ports.py`, those of a use case in its service; each names a `reason`
which is a value of `ErrorReason` in the contract, without its prefix.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final


class DomainError(Exception):
    """A failure that a caller is told of: a message, a machine-readable reason, and what varies as metadata."""

    reason: str = "INTERNAL"  # of the class; what a peer answered keeps the peer's

    def __init__(self, message: str, **metadata: str) -> None:
        super().__init__(message)
        self.message = message
        self.metadata = metadata


class InvalidInput(DomainError):
    """The request can never succeed as it is.

    `fields` maps the path of each offending request field to what is wrong with it.
    """

    reason = "INVALID_ARGUMENT"

    def __init__(self, message: str, *, fields: dict[str, str] | None = None, **metadata: str) -> None:
        super().__init__(message, **metadata)
        self.fields = fields or {}


class OutOfRange(DomainError):
    """A position, cursor or range that does not exist (any more)."""

    reason = "OUT_OF_RANGE"


class NotFound(DomainError):
    """No such thing, or somebody else's: a caller cannot tell which."""

    reason = "NOT_FOUND"


class AlreadyExists(DomainError):
    """The id or name is taken."""

    reason = "ALREADY_EXISTS"


class Conflict(DomainError):
    """Somebody else changed it in between: load again and retry."""

    reason = "CONFLICT"


class FailedPrecondition(DomainError):
    """The thing is not in a state that allows this."""

    reason = "FAILED_PRECONDITION"


class NewerVersionNeeded(FailedPrecondition):
    """A process of a newer version can do it, this one cannot: while versions run side by side, leave it to that one.

    Its metadata has `newer`, by which a caller in another process knows it again.
    """


class Unauthenticated(DomainError):
    """No valid credential came with the call."""

    reason = "UNAUTHENTICATED"


class PermissionDenied(DomainError):
    """The credential is valid and may not do this."""

    reason = "PERMISSION_DENIED"


class ResourceExhausted(DomainError):
    """A quota, limit or capacity is used up.

    `retry_after` is set where waiting helps; `subject` names the quota where one was exceeded.
    """

    reason = "RESOURCE_EXHAUSTED"

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, subject: str = "", **metadata: str
    ) -> None:
        super().__init__(message, **metadata)
        self.retry_after = retry_after
        self.subject = subject


class Unavailable(DomainError):
    """Something that we depend on is away; the same call may succeed later."""

    reason = "UNAVAILABLE"

    def __init__(self, message: str, *, retry_after: timedelta | None = None, **metadata: str) -> None:
        super().__init__(message, **metadata)
        self.retry_after = retry_after


PASSING: Final = (Unavailable, ResourceExhausted)  # a server that is away, a disk that is full: waiting may help


class DataLoss(DomainError):
    """Bytes are not what they should be."""

    reason = "DATA_LOSS"


class Cancelled(DomainError):
    """The caller gave up, or the work was told to stop."""

    reason = "CANCELLED"
