"""AdminService."""

from __future__ import annotations

from typing import Final

from tintype.kit.admin import convert
from tintype.kit.admin.service import Administration
from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.clock import Clock
from tintype.kit.operations.convert import operation_to_proto
from tintype.kit.paging import page_position, page_token, query_of
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import admin_service_pb2 as pb
from tintype.v1.admin_service_pb2_grpc import AdminServiceServicer

DEFAULT_PAGE: Final = 50


class AdminHandlers(AdminServiceServicer):
    def __init__(self, administration: Administration, clock: Clock) -> None:
        self._administration = administration
        self._clock = clock

    async def ListJobs(self, request: pb.ListJobsRequest, context: Context) -> pb.ListJobsResponse:
        queues = await self._administration.list_jobs()
        return pb.ListJobsResponse(jobs=[convert.queue_to_proto(queue) for queue in queues])

    async def ListDeadLetters(self, request: pb.ListDeadLettersRequest, context: Context) -> pb.ListDeadLettersResponse:
        query = query_of(request, owner_id=caller_of(context).user_id)
        position = page_position(request.page_token, query=query, kinds=(str,))
        letters, after = await self._administration.list_dead_letters(
            before=str(position[0]) if position else "", limit=request.page_size or DEFAULT_PAGE
        )
        return pb.ListDeadLettersResponse(
            dead_letters=[convert.dead_letter_to_proto(letter) for letter in letters],
            next_page_token=page_token((after,) if after else None, query=query),
        )

    async def ReplayDeadLetter(
        self, request: pb.ReplayDeadLetterRequest, context: Context
    ) -> pb.ReplayDeadLetterResponse:
        await self._administration.replay_dead_letter(request.dead_letter_id)
        return pb.ReplayDeadLetterResponse()

    async def DeleteDeadLetter(
        self, request: pb.DeleteDeadLetterRequest, context: Context
    ) -> pb.DeleteDeadLetterResponse:
        await self._administration.delete_dead_letter(request.dead_letter_id)
        return pb.DeleteDeadLetterResponse()

    async def ListSweeps(self, request: pb.ListSweepsRequest, context: Context) -> pb.ListSweepsResponse:
        sweeps = await self._administration.list_sweeps()
        return pb.ListSweepsResponse(sweeps=[convert.sweep_to_proto(sweep) for sweep in sweeps])

    async def RunSweep(self, request: pb.RunSweepRequest, context: Context) -> pb.RunSweepResponse:
        operation = await self._administration.run_sweep(request.sweep, owner_id=caller_of(context).user_id)
        return pb.RunSweepResponse(operation=operation_to_proto(operation))

    async def Reanalyse(self, request: pb.ReanalyseRequest, context: Context) -> pb.ReanalyseResponse:
        operation = await self._administration.reanalyse(
            owner_id=caller_of(context).user_id,
            stages=[convert.stage_name(stage) for stage in request.stages],
            failed_only=request.failed_only,
            user_id=request.user_id,
            request_id=request.request_id,
        )
        return pb.ReanalyseResponse(operation=operation_to_proto(operation))

    async def GetStatistics(self, request: pb.GetStatisticsRequest, context: Context) -> pb.GetStatisticsResponse:
        values = await self._administration.statistics()
        return pb.GetStatisticsResponse(values=values, as_of_time=timestamp_of(self._clock.now()))

    async def ListModels(self, request: pb.ListModelsRequest, context: Context) -> pb.ListModelsResponse:
        packs = await self._administration.list_models()
        return pb.ListModelsResponse(packs=[convert.model_to_proto(pack) for pack in packs])

    async def Diagnose(self, request: pb.DiagnoseRequest, context: Context) -> pb.DiagnoseResponse:
        findings = await self._administration.diagnose()
        return pb.DiagnoseResponse(findings=[convert.finding_to_proto(finding) for finding in findings])
