"""UploadService."""

from __future__ import annotations

from collections.abc import AsyncIterable

import grpc

from tintype.kit.auth.caller import Context, caller_of
from tintype.upload import convert
from tintype.upload.service.quota import Quota
from tintype.upload.service.uploads import Uploads
from tintype.v1 import photo_pb2
from tintype.v1 import upload_internal_service_pb2 as internal_pb
from tintype.v1 import upload_service_pb2 as pb
from tintype.v1.upload_internal_service_pb2_grpc import UploadInternalServiceServicer
from tintype.v1.upload_service_pb2_grpc import UploadServiceServicer


class UploadHandlers(UploadServiceServicer):
    def __init__(self, uploads: Uploads[photo_pb2.Photo]) -> None:
        self._uploads = uploads

    async def CreateUpload(
        self,
        request: pb.CreateUploadRequest,
        context: grpc.aio.ServicerContext[pb.CreateUploadRequest, pb.CreateUploadResponse],
    ) -> pb.CreateUploadResponse:
        header = convert.header_from_proto(request.header)
        upload, offset = await self._uploads.create_upload(
            owner_id=caller_of(context).user_id, header=header, request_id=request.request_id
        )
        return pb.CreateUploadResponse(upload=convert.upload_to_proto(upload, offset))

    async def AppendUpload(
        self,
        request_iterator: AsyncIterable[pb.AppendUploadRequest],
        context: grpc.aio.ServicerContext[pb.AppendUploadRequest, pb.AppendUploadResponse],
    ) -> pb.AppendUploadResponse:
        upload_id, chunks = await convert.append_stream(request_iterator)
        offset = await self._uploads.append(owner_id=caller_of(context).user_id, upload_id=upload_id, chunks=chunks)
        return pb.AppendUploadResponse(durable_offset=offset)

    async def GetUpload(
        self, request: pb.GetUploadRequest, context: grpc.aio.ServicerContext[pb.GetUploadRequest, pb.GetUploadResponse]
    ) -> pb.GetUploadResponse:
        upload, offset = await self._uploads.get_upload(
            owner_id=caller_of(context).user_id, upload_id=request.upload_id
        )
        return pb.GetUploadResponse(upload=convert.upload_to_proto(upload, offset))

    async def CompleteUpload(
        self,
        request: pb.CompleteUploadRequest,
        context: grpc.aio.ServicerContext[pb.CompleteUploadRequest, pb.CompleteUploadResponse],
    ) -> pb.CompleteUploadResponse:
        registered = await self._uploads.complete(
            owner_id=caller_of(context).user_id, upload_id=request.upload_id, sha256=request.sha256
        )
        return pb.CompleteUploadResponse(photo=registered.photo, already_existed=registered.already_existed)

    async def CancelUpload(
        self,
        request: pb.CancelUploadRequest,
        context: grpc.aio.ServicerContext[pb.CancelUploadRequest, pb.CancelUploadResponse],
    ) -> pb.CancelUploadResponse:
        await self._uploads.cancel(owner_id=caller_of(context).user_id, upload_id=request.upload_id)
        return pb.CancelUploadResponse()

    async def UploadPhoto(
        self,
        request_iterator: AsyncIterable[pb.UploadPhotoRequest],
        context: grpc.aio.ServicerContext[pb.UploadPhotoRequest, pb.UploadPhotoResponse],
    ) -> pb.UploadPhotoResponse:
        header, chunks = await convert.photo_stream(request_iterator)
        registered = await self._uploads.upload_photo(owner_id=caller_of(context).user_id, header=header, chunks=chunks)
        return pb.UploadPhotoResponse(photo=registered.photo, already_existed=registered.already_existed)

    async def CheckPhotos(
        self,
        request: pb.CheckPhotosRequest,
        context: grpc.aio.ServicerContext[pb.CheckPhotosRequest, pb.CheckPhotosResponse],
    ) -> pb.CheckPhotosResponse:
        checks = await self._uploads.check_photos(owner_id=caller_of(context).user_id, sha256s=list(request.sha256s))
        return pb.CheckPhotosResponse(checks=[convert.check_to_proto(check) for check in checks])


class UploadInternalHandlers(UploadInternalServiceServicer):
    def __init__(self, quota: Quota[photo_pb2.Photo]) -> None:
        self._quota = quota

    async def GetOpenUploads(
        self, request: internal_pb.GetOpenUploadsRequest, context: Context
    ) -> internal_pb.GetOpenUploadsResponse:
        under_way = await self._quota.under_way(owner_id=request.owner_id, except_upload_id=request.except_upload_id)
        return internal_pb.GetOpenUploadsResponse(uploading_bytes=under_way.size_bytes, uploads=under_way.uploads)
