"""Accounts by RPC, as far as erasures are reported to it."""

from __future__ import annotations

from collections.abc import Mapping

import grpc

from tintype.kit.grpc.errors import error_of
from tintype.v1 import accounts_internal_service_pb2 as pb
from tintype.v1.accounts_internal_service_pb2_grpc import AccountsInternalServiceStub

SERVICE = "search"


class RpcErasures:
    """Erasures over AccountsInternalService."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = AccountsInternalServiceStub(channel)

    async def report_erased(self, *, operation_id: str, user_id: str, left: Mapping[str, int]) -> None:
        """See `Erasures`."""
        request = pb.ReportErasedRequest(operation_id=operation_id, service=SERVICE, user_id=user_id, left=left)
        try:
            await self._stub.ReportErased(request)
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer="accounts") from error
