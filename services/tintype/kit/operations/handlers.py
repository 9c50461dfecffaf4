"""OperationService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.operations.convert import operation_to_proto
from tintype.kit.operations.ports import OperationCursor
from tintype.kit.operations.service import Operations
from tintype.kit.paging import page_position, page_token, query_of
from tintype.v1 import operation_pb2 as pb
from tintype.v1.operation_pb2_grpc import OperationServiceServicer

DEFAULT_PAGE: Final = 50


class OperationHandlers(OperationServiceServicer):
    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    async def GetOperation(self, request: pb.GetOperationRequest, context: Context) -> pb.GetOperationResponse:
        owner_id = caller_of(context).user_id
        operation = await self._operations.get(owner_id=owner_id, operation_id=request.operation_id)
        return pb.GetOperationResponse(operation=operation_to_proto(operation))

    async def ListOperations(self, request: pb.ListOperationsRequest, context: Context) -> pb.ListOperationsResponse:
        owner_id = caller_of(context).user_id
        query = query_of(request, owner_id=owner_id)
        page = await self._operations.list(
            owner_id=owner_id,
            limit=request.page_size or DEFAULT_PAGE,
            after=_cursor(request.page_token, query),
            running=request.running,
        )
        return pb.ListOperationsResponse(
            operations=[operation_to_proto(operation) for operation in page.items],
            next_page_token=page_token(page.after, query=query),
        )

    async def WatchOperation(
        self, request: pb.WatchOperationRequest, context: Context
    ) -> AsyncIterator[pb.WatchOperationResponse]:
        owner_id = caller_of(context).user_id
        async for operation in self._operations.watch(owner_id=owner_id, operation_id=request.operation_id):
            yield pb.WatchOperationResponse(operation=operation_to_proto(operation))

    async def CancelOperation(self, request: pb.CancelOperationRequest, context: Context) -> pb.CancelOperationResponse:
        owner_id = caller_of(context).user_id
        operation = await self._operations.cancel(owner_id=owner_id, operation_id=request.operation_id)
        return pb.CancelOperationResponse(operation=operation_to_proto(operation))


def _cursor(token: str, query: bytes) -> OperationCursor | None:
    position = page_position(token, query=query, kinds=(int, str))
    return (int(position[0]), str(position[1])) if position else None
