"""Operations, and what administrators see and repair."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from tintype.v1 import admin_service_pb2 as pb
from tintype.v1 import operation_pb2, photo_pb2
from tintype.v1.admin_service_pb2_grpc import AdminServiceStub
from tintype.v1.operation_pb2_grpc import OperationServiceStub
from tintype_sdk.connection import Connection


class Operations:
    """OperationService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = OperationServiceStub(connection.channel)

    async def get(self, operation_id: str) -> operation_pb2.Operation:
        """Raises NotFound."""
        request = operation_pb2.GetOperationRequest(operation_id=operation_id)
        response = await self._connection.call(self._stub.GetOperation, request, operation_pb2.GetOperationResponse)
        return response.operation

    async def all(self, *, running: bool = False) -> AsyncIterator[operation_pb2.Operation]:
        """The user's operations, newest first."""
        request = operation_pb2.ListOperationsRequest(page_size=500, running=running)
        while True:
            page = await self._connection.call(self._stub.ListOperations, request, operation_pb2.ListOperationsResponse)
            for operation in page.operations:
                yield operation
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def watch(self, operation_id: str) -> AsyncIterator[operation_pb2.Operation]:
        """The operation now and at each change, until it has ended. Raises NotFound."""
        request = operation_pb2.WatchOperationRequest(operation_id=operation_id)
        answer = operation_pb2.WatchOperationResponse
        async for response in self._connection.receive(self._stub.WatchOperation, request, answer):
            yield response.operation

    async def cancel(self, operation_id: str) -> operation_pb2.Operation:
        """Ask it to stop. Raises NotFound, FailedPrecondition."""
        request = operation_pb2.CancelOperationRequest(operation_id=operation_id)
        response = await self._connection.call(
            self._stub.CancelOperation, request, operation_pb2.CancelOperationResponse
        )
        return response.operation


class Admin:
    """AdminService, for administrators."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = AdminServiceStub(connection.channel)

    async def jobs(self) -> list[pb.JobQueue]:
        """How much waits in every queue."""
        return list((await self._connection.call(self._stub.ListJobs, pb.ListJobsRequest(), pb.ListJobsResponse)).jobs)

    async def dead_letters(self) -> AsyncIterator[pb.DeadLetter]:
        """What was given up, newest first."""
        request = pb.ListDeadLettersRequest(page_size=500)
        while True:
            page = await self._connection.call(self._stub.ListDeadLetters, request, pb.ListDeadLettersResponse)
            for letter in page.dead_letters:
                yield letter
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def replay(self, dead_letter_id: str) -> None:
        """Hand a dead letter out again. Raises NotFound."""
        request = pb.ReplayDeadLetterRequest(dead_letter_id=dead_letter_id)
        await self._connection.call(self._stub.ReplayDeadLetter, request, pb.ReplayDeadLetterResponse)

    async def delete_dead_letter(self, dead_letter_id: str) -> None:
        """Raises NotFound."""
        request = pb.DeleteDeadLetterRequest(dead_letter_id=dead_letter_id)
        await self._connection.call(self._stub.DeleteDeadLetter, request, pb.DeleteDeadLetterResponse)

    async def sweeps(self) -> list[pb.Sweep]:
        """When every sweep ran, and what it found."""
        response = await self._connection.call(self._stub.ListSweeps, pb.ListSweepsRequest(), pb.ListSweepsResponse)
        return list(response.sweeps)

    async def run_sweep(self, sweep: str) -> operation_pb2.Operation:
        """Raises NotFound."""
        request = pb.RunSweepRequest(sweep=sweep)
        return (await self._connection.call(self._stub.RunSweep, request, pb.RunSweepResponse)).operation

    async def reanalyse(
        self, stages: Sequence[photo_pb2.Stage] = (), *, failed_only: bool = False, user_id: str = ""
    ) -> operation_pb2.Operation:
        """Ask for stages of all photos again; without `stages` for all whose model is not the wanted one."""
        request = pb.ReanalyseRequest(stages=stages, failed_only=failed_only, user_id=user_id)
        return (await self._connection.call(self._stub.Reanalyse, request, pb.ReanalyseResponse)).operation

    async def statistics(self) -> pb.GetStatisticsResponse:
        """What the library holds."""
        request = pb.GetStatisticsRequest()
        return await self._connection.call(self._stub.GetStatistics, request, pb.GetStatisticsResponse)

    async def models(self) -> list[pb.ModelPack]:
        """Which packs there are, and which serves."""
        response = await self._connection.call(self._stub.ListModels, pb.ListModelsRequest(), pb.ListModelsResponse)
        return list(response.packs)

    async def diagnose(self) -> list[pb.Finding]:
        """What the checks of all processes found."""
        response = await self._connection.call(self._stub.Diagnose, pb.DiagnoseRequest(), pb.DiagnoseResponse)
        return list(response.findings)
