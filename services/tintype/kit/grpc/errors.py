"""Failures as google.rpc.Status, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from tintype.kit.errors import (
    DomainError,
    FailedPrecondition,
    InvalidInput,
    NewerVersionNeeded,
    ResourceExhausted,
    Unavailable,
)
from tintype.kit.grpc.answers import ANSWERS, UNEXPECTED, answer_to

DOMAIN: Final = "tintype"
DETAILS: Final = "grpc-status-details-bin"
_KINDS: Final = {answer.status: kind for kind, answer in ANSWERS.items() if kind.__base__ is DomainError}


def status_of(error: BaseException, *, request_id: str = "") -> status_pb2.Status:
    """What a caller is told of a failure. One that is no DomainError is told as "internal error" and nothing else."""
    answer = answer_to(error)
    if answer is UNEXPECTED or not isinstance(error, DomainError):
        info = error_details_pb2.ErrorInfo(reason="INTERNAL", domain=DOMAIN, metadata={"request_id": request_id})
        return _status(UNEXPECTED.status, "internal error", info)
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    status = _status(answer.status, error.message, info)
    _add_details(status, error)
    return status


def reason_of(error: grpc.aio.AioRpcError) -> tuple[str, Mapping[str, str]]:
    """Reason and metadata of the ErrorInfo that came with a failed call; empty if it brought none."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS and isinstance(value, bytes):
            status = status_pb2.Status()
            try:
                status.ParseFromString(value)
            except DecodeError:
                break
            for detail in status.details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return info.reason, dict(info.metadata)
    return "", {}


def error_of(error: grpc.aio.AioRpcError, *, peer: str) -> DomainError:
    """What a failed call of ours to another service means here: for adapters that call one.

    The kind is that of the status; whatever is no fault of the request means that the peer is away.
    """
    kind = _KINDS.get(error.code())
    if kind is None or kind is Unavailable:
        return Unavailable(f"{peer} does not answer", dependency=peer)
    reason, metadata = reason_of(error)
    if kind is FailedPrecondition and "newer" in metadata:
        kind = NewerVersionNeeded
    told = kind(error.details() or kind.__name__, **metadata)
    told.reason = reason or kind.reason
    return told


def _status(code: grpc.StatusCode, message: str, info: error_details_pb2.ErrorInfo) -> status_pb2.Status:
    status = status_pb2.Status(code=code.value[0], message=message)
    _pack(status, info)
    return status


def _add_details(status: status_pb2.Status, error: DomainError) -> None:
    if isinstance(error, InvalidInput) and error.fields:
        violation = error_details_pb2.BadRequest.FieldViolation
        violations = [violation(field=field, description=text) for field, text in error.fields.items()]
        _pack(status, error_details_pb2.BadRequest(field_violations=violations))
    if isinstance(error, ResourceExhausted | Unavailable) and error.retry_after is not None:
        delay = Duration()
        delay.FromTimedelta(error.retry_after)
        _pack(status, error_details_pb2.RetryInfo(retry_delay=delay))
    if isinstance(error, ResourceExhausted) and error.subject:
        quota = error_details_pb2.QuotaFailure.Violation(subject=error.subject, description=error.message)
        _pack(status, error_details_pb2.QuotaFailure(violations=[quota]))


def _pack(
    status: status_pb2.Status,
    detail: error_details_pb2.ErrorInfo
    | error_details_pb2.BadRequest
    | error_details_pb2.RetryInfo
    | error_details_pb2.QuotaFailure,
) -> None:
    packed = AnyMessage()
    packed.Pack(detail)
    status.details.append(packed)
