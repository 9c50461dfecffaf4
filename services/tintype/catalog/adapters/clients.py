"""Accounts and upload by RPC."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta

import grpc

from tintype.catalog.ports.accounts import UserLimits
from tintype.kit.grpc.errors import error_of
from tintype.v1 import account_pb2
from tintype.v1 import accounts_internal_service_pb2 as pb
from tintype.v1 import upload_internal_service_pb2 as upload_pb
from tintype.v1.accounts_internal_service_pb2_grpc import AccountsInternalServiceStub
from tintype.v1.upload_internal_service_pb2_grpc import UploadInternalServiceStub


class RpcAccounts:
    """Accounts over AccountsInternalService; limits are remembered for `limits_age`, or imports would wait."""

    def __init__(self, channel: grpc.aio.Channel, *, limits_age: timedelta) -> None:
        self._stub = AccountsInternalServiceStub(channel)
        self._limits_age_s = limits_age.total_seconds()
        self._known: dict[str, tuple[float, UserLimits]] = {}

    async def limits(self, user_id: str) -> UserLimits:
        """See `Accounts`."""
        known = self._known.get(user_id)
        if known is not None and time.monotonic() - known[0] < self._limits_age_s:
            return known[1]
        try:
            response = await self._stub.GetUserLimits(pb.GetUserLimitsRequest(user_id=user_id))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="accounts") from error
        closed = response.state == account_pb2.USER_STATE_ERASING
        limits = UserLimits(response.quota_bytes, closed=closed)
        self._known[user_id] = (time.monotonic(), limits)
        return limits

    def close(self, user_id: str) -> None:
        """See `Accounts`."""
        self._known[user_id] = (float("inf"), UserLimits(0, closed=True))  # never too old

    async def report_erased(self, *, operation_id: str, user_id: str, left: Mapping[str, int]) -> None:
        """See `Accounts`."""
        request = pb.ReportErasedRequest(operation_id=operation_id, service="catalog", user_id=user_id, left=left)
        try:
            await self._stub.ReportErased(request)
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="accounts") from error


class RpcUploads:
    """Uploads over UploadInternalService."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = UploadInternalServiceStub(channel)

    async def uploading_bytes(self, owner_id: str, *, except_upload_id: str = "") -> int:
        """See `Uploads`."""
        request = upload_pb.GetOpenUploadsRequest(owner_id=owner_id, except_upload_id=except_upload_id)
        try:
            return int((await self._stub.GetOpenUploads(request)).uploading_bytes)
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="upload") from error
