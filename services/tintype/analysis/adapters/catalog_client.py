"""The catalog by RPC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import grpc

from tintype.analysis import convert
from tintype.analysis.domain import Job, Stage, Subject
from tintype.analysis.ports import CatalogUnavailable, PhotoGone, StageResult
from tintype.v1 import catalog_internal_service_pb2 as pb
from tintype.v1.catalog_internal_service_pb2_grpc import CatalogInternalServiceStub


class RpcCatalog:
    """Catalog over CatalogInternalService."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = CatalogInternalServiceStub(channel)

    async def subject(self, job: Job) -> Subject:
        key = pb.PhotoKey(owner_id=job.owner_id, photo_id=job.photo_id)
        # Only the photo is wanted: a stage that no photo has results of keeps vectors out of the answer.
        request = pb.BatchGetResultsRequest(keys=[key], stages=[convert.STAGES[Stage.CAPTION]])
        try:
            response = await self._stub.BatchGetResults(request)
        except grpc.aio.AioRpcError as error:
            raise translated(error, job) from error
        if not response.photos or response.photos[0].deleted:
            raise PhotoGone("the photo is gone", photo_id=job.photo_id)
        return convert.subject_from_proto(response.photos[0].photo, job.stages)

    async def record(self, job: Job, results: Sequence[StageResult]) -> None:
        request = pb.RecordResultRequest(
            owner_id=job.owner_id,
            photo_id=job.photo_id,
            job_id=job.job_id,
            results=[convert.result_to_proto(each) for each in results],
        )
        try:
            await self._stub.RecordResult(request)
        except grpc.aio.AioRpcError as error:
            raise translated(error, job) from error

    async def check(self) -> None:
        await self.offer({}, rank=0)  # which changes nothing

    async def offer(self, models: Mapping[Stage, str], *, rank: int) -> None:
        offered = [
            pb.StageModel(stage=convert.STAGES[stage], model=model, rank=rank) for stage, model in models.items()
        ]
        try:
            await self._stub.GetWantedModels(pb.GetWantedModelsRequest(offered=offered))
        except grpc.aio.AioRpcError as error:
            raise CatalogUnavailable("the catalog does not answer") from error


def translated(error: grpc.aio.AioRpcError, job: Job) -> PhotoGone | CatalogUnavailable:
    """A photo that is gone is no work; anything else is the catalog's trouble, and no failure of the photo."""
    if error.code() is grpc.StatusCode.NOT_FOUND:
        return PhotoGone("the photo is gone", photo_id=job.photo_id)
    return CatalogUnavailable("the catalog does not answer", status=error.code().name)
