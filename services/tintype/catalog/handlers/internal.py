"""CatalogInternalService."""

from __future__ import annotations

from datetime import timedelta

from tintype.catalog.convert.album import album_name_to_proto
from tintype.catalog.convert.answer import (
    check_to_proto,
    model_of,
    model_to_proto,
    results_to_proto,
    revision_to_proto,
    shown_to_proto,
)
from tintype.catalog.convert.enums import STAGE_OF, STAGES
from tintype.catalog.convert.media import asker_of_request
from tintype.catalog.convert.photo import photo_to_proto
from tintype.catalog.convert.registration import registration_of
from tintype.catalog.convert.result import outcome_of
from tintype.catalog.service.albums import Albums
from tintype.catalog.service.analysing import Analysing
from tintype.catalog.service.media import Media
from tintype.catalog.service.reading import Reading
from tintype.catalog.service.registering import Registering
from tintype.kit.auth.caller import Context
from tintype.kit.paging import page_position, page_token, query_of
from tintype.v1 import catalog_internal_service_pb2 as pb
from tintype.v1.catalog_internal_service_pb2_grpc import CatalogInternalServiceServicer

REVISIONS = 1_000  # in a page, as the contract says


class CatalogInternalHandlers(CatalogInternalServiceServicer):
    def __init__(
        self,
        *,
        registering: Registering,
        analysing: Analysing,
        reading: Reading,
        albums: Albums,
        media: Media,
        retention: timedelta,
    ) -> None:
        self._registering = registering
        self._analysing = analysing
        self._reading = reading
        self._albums = albums
        self._media = media
        self._retention = retention

    async def RegisterPhoto(self, request: pb.RegisterPhotoRequest, context: Context) -> pb.RegisterPhotoResponse:
        photo, existed = await self._registering.register_photo(registration_of(request), upload_id=request.upload_id)
        return pb.RegisterPhotoResponse(photo=photo_to_proto(photo, retention=self._retention), already_existed=existed)

    async def RecordResult(self, request: pb.RecordResultRequest, context: Context) -> pb.RecordResultResponse:
        recorded = await self._analysing.record_result(
            owner_id=request.owner_id,
            photo_id=request.photo_id,
            job_id=request.job_id,
            outcomes=[outcome_of(result) for result in request.results],
        )
        return pb.RecordResultResponse(
            revision=recorded.revision,
            applied=[STAGES[stage] for stage in recorded.applied],
            attempts=[
                pb.StageAttempts(stage=STAGES[stage], attempts=attempts) for stage, attempts in recorded.attempts
            ],
        )

    async def BatchGetResults(self, request: pb.BatchGetResultsRequest, context: Context) -> pb.BatchGetResultsResponse:
        keys = [(key.owner_id, key.photo_id) for key in request.keys]
        if request.photos_only:
            shown = await self._reading.batch_get_shown(keys=keys)
            photos = [shown_to_proto(each, retention=self._retention) for each in shown]
        else:
            stages = [STAGE_OF[stage] for stage in request.stages]
            found = await self._reading.batch_get_results(keys=keys, stages=stages)
            photos = [results_to_proto(each.photo, each.results, retention=self._retention) for each in found]
        return pb.BatchGetResultsResponse(photos=photos)

    async def ListRevisions(self, request: pb.ListRevisionsRequest, context: Context) -> pb.ListRevisionsResponse:
        query = query_of(request, owner_id=request.owner_id)
        kinds = (str,) if request.owner_id else (str, str)
        page = await self._reading.list_revisions(
            owner_id=request.owner_id,
            limit=request.page_size or REVISIONS,
            after=page_position(request.page_token, query=query, kinds=kinds),
        )
        return pb.ListRevisionsResponse(
            revisions=[revision_to_proto(photo) for photo in page.photos],
            next_page_token=page_token(page.after, query=query),
        )

    async def CheckHashes(self, request: pb.CheckHashesRequest, context: Context) -> pb.CheckHashesResponse:
        checks = await self._registering.check_hashes(owner_id=request.owner_id, sha256s=list(request.sha256s))
        return pb.CheckHashesResponse(checks=[check_to_proto(check) for check in checks])

    async def GetOwnerUsage(self, request: pb.GetOwnerUsageRequest, context: Context) -> pb.GetOwnerUsageResponse:
        usage = await self._registering.usage(request.owner_id)
        return pb.GetOwnerUsageResponse(used_bytes=usage.used_bytes, photos=usage.photos)

    async def RequestStages(self, request: pb.RequestStagesRequest, context: Context) -> pb.RequestStagesResponse:
        requested = await self._analysing.request_stages(
            keys=[(key.owner_id, key.photo_id) for key in request.keys],
            stages=[STAGE_OF[stage] for stage in request.stages],
        )
        return pb.RequestStagesResponse(requested=requested)

    async def GetWantedModels(self, request: pb.GetWantedModelsRequest, context: Context) -> pb.GetWantedModelsResponse:
        wanted = await self._analysing.state_models([model_of(model) for model in request.offered])
        return pb.GetWantedModelsResponse(wanted=[model_to_proto(model) for model in wanted.models])

    async def ListAlbumNames(self, request: pb.ListAlbumNamesRequest, context: Context) -> pb.ListAlbumNamesResponse:
        albums = await self._albums.list_album_names(owner_id=request.owner_id)
        return pb.ListAlbumNamesResponse(albums=[album_name_to_proto(album) for album in albums])

    async def SignThumbnails(self, request: pb.SignThumbnailsRequest, context: Context) -> pb.SignThumbnailsResponse:
        urls = await self._media.sign_thumbnails(photo_ids=list(request.photo_ids), asker=asker_of_request(request))
        return pb.SignThumbnailsResponse(urls=urls)
