"""MediaService."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tintype.catalog.convert.media import media_info_to_proto, variant_of
from tintype.catalog.handlers.messages import asker_of
from tintype.catalog.service.media import Media
from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import media_service_pb2 as pb
from tintype.v1.media_service_pb2_grpc import MediaServiceServicer


class MediaHandlers(MediaServiceServicer):
    def __init__(self, media: Media) -> None:
        self._media = media

    async def Download(self, request: pb.DownloadRequest, context: Context) -> AsyncIterator[pb.DownloadResponse]:
        file = await self._media.open(
            owner_id=caller_of(context).user_id, photo_id=request.photo_id, variant=variant_of(request.variant)
        )
        chunks = self._media.read(file, start=request.offset, length=request.length or None)
        yield pb.DownloadResponse(info=media_info_to_proto(file))
        async for chunk in chunks:
            yield pb.DownloadResponse(data=chunk)

    async def SignMedia(self, request: pb.SignMediaRequest, context: Context) -> pb.SignMediaResponse:
        url, expire_time = await self._media.sign(
            photo_id=request.photo_id, variant=variant_of(request.variant), asker=asker_of(context)
        )
        return pb.SignMediaResponse(url=url, expire_time=timestamp_of(expire_time))
