"""What a failed call raises.

TintypeError
├── InvalidArgument     a field breaks its rule; `fields` says which and why
├── OutOfRange          a position that does not exist (any more)
├── Unauthenticated     sign in (again)
├── PermissionDenied    the credential may not do this
├── NotFound            no such thing, or somebody else's
├── AlreadyExists       the name or id is taken
├── Aborted             somebody changed it in between: load it again
├── FailedPrecondition  the thing is not in a state that allows this
├── ResourceExhausted   a quota or limit; `retry_after_s` is set where waiting helps
├── DataLoss            bytes are not what they should be
├── Unavailable         the server, or something behind it, is away
├── DeadlineExceeded    it took too long
├── Cancelled           the call was cancelled
└── ServerError         a fault of the server
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

_DETAILS: Final = "grpc-status-details-bin"


class TintypeError(Exception):
    """A call failed. `reason` is a value of `ErrorReason` without its prefix; empty if the server gave none."""

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.metadata = dict(metadata or {})
        self.fields = dict(fields or {})
        self.retry_after_s = retry_after_s


class InvalidArgument(TintypeError):
    """A field breaks its rule."""


class OutOfRange(TintypeError):
    """A position that does not exist (any more)."""


class Unauthenticated(TintypeError):
    """No credential, or one that is not accepted."""


class PermissionDenied(TintypeError):
    """The credential is valid and may not do this."""


class NotFound(TintypeError):
    """No such thing, or somebody else's."""


class AlreadyExists(TintypeError):
    """The name or id is taken."""


class Aborted(TintypeError):
    """Somebody changed it in between."""


class FailedPrecondition(TintypeError):
    """The thing is not in a state that allows this."""


class ResourceExhausted(TintypeError):
    """A quota, limit or capacity is used up."""


class DataLoss(TintypeError):
    """Bytes are not what they should be."""


class Unavailable(TintypeError):
    """The server, or something behind it, is away."""


class DeadlineExceeded(TintypeError):
    """The call took too long."""


class Cancelled(TintypeError):
    """The call was cancelled."""


class ServerError(TintypeError):
    """A fault of the server; its log says more."""


_KINDS: Final[Mapping[grpc.StatusCode, type[TintypeError]]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidArgument,
    grpc.StatusCode.OUT_OF_RANGE: OutOfRange,
    grpc.StatusCode.UNAUTHENTICATED: Unauthenticated,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDenied,
    grpc.StatusCode.NOT_FOUND: NotFound,
    grpc.StatusCode.ALREADY_EXISTS: AlreadyExists,
    grpc.StatusCode.ABORTED: Aborted,
    grpc.StatusCode.FAILED_PRECONDITION: FailedPrecondition,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ResourceExhausted,
    grpc.StatusCode.DATA_LOSS: DataLoss,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
    grpc.StatusCode.CANCELLED: Cancelled,
}


def error_of(error: grpc.aio.AioRpcError) -> TintypeError:
    """The failure of a call, with the details that came with it."""
    kind = _KINDS.get(error.code(), ServerError)
    info, bad_request, retry = (
        error_details_pb2.ErrorInfo(),
        error_details_pb2.BadRequest(),
        error_details_pb2.RetryInfo(),
    )
    for detail in _status(error).details:
        for known in (info, bad_request, retry):
            detail.Unpack(known)
    return kind(
        _message(error),
        reason=info.reason,
        metadata=info.metadata,
        fields={violation.field: violation.description for violation in bad_request.field_violations},
        retry_after_s=retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None,
    )


def _message(error: grpc.aio.AioRpcError) -> str:
    if error.code() is grpc.StatusCode.UNAVAILABLE and "onnect" in (error.details() or ""):
        return "the server does not answer"
    if error.code() is grpc.StatusCode.UNIMPLEMENTED:
        return "the server does not know this call: it may be older than this program"
    return error.details() or error.code().name.lower().replace("_", " ")


def _status(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    status = status_pb2.Status()
    for key, value in error.trailing_metadata() or ():
        if key == _DETAILS and isinstance(value, bytes):
            try:
                status.ParseFromString(value)
            except DecodeError:
                return status_pb2.Status()
    return status
