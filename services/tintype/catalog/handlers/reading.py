"""The RPCs of CatalogService that read."""

from __future__ import annotations

from tintype.catalog.convert.enums import PHOTO_ORDER_OF
from tintype.catalog.convert.photo_filter import filter_of
from tintype.catalog.convert.timeline import bucket_to_proto
from tintype.catalog.handlers.messages import PhotoMessages
from tintype.catalog.ports.cursor import Cursors
from tintype.catalog.service.reading import Reading
from tintype.catalog.service.registering import Registering
from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.paging import page_position, page_token, query_of
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1.catalog_service_pb2_grpc import CatalogServiceServicer

PHOTOS = 50  # in a page, as the contract says
TAGS = 100


class ReadingHandlers(CatalogServiceServicer):
    def __init__(
        self, *, reading: Reading, registering: Registering, messages: PhotoMessages, cursors: Cursors
    ) -> None:
        self._reading = reading
        self._registering = registering
        self._messages = messages
        self._cursors = cursors

    async def GetPhoto(self, request: pb.GetPhotoRequest, context: Context) -> pb.GetPhotoResponse:
        owner_id = caller_of(context).user_id
        photo = await self._reading.get_photo(owner_id=owner_id, photo_id=request.photo_id)
        message = self._messages.photo(photo, thumbnail_url=request.thumbnail_url, context=context)
        message.found_text.extend(await self._reading.found_text(photo) if request.found_text else ())
        return pb.GetPhotoResponse(photo=message)

    async def BatchGetPhotos(self, request: pb.BatchGetPhotosRequest, context: Context) -> pb.BatchGetPhotosResponse:
        owner_id = caller_of(context).user_id
        photos, missing = await self._reading.batch_get(owner_id=owner_id, photo_ids=list(request.photo_ids))
        return pb.BatchGetPhotosResponse(
            photos=self._messages.photos(photos, thumbnail_urls=request.thumbnail_urls, context=context),
            missing_ids=missing,
        )

    async def ListPhotos(self, request: pb.ListPhotosRequest, context: Context) -> pb.ListPhotosResponse:
        owner_id = caller_of(context).user_id
        query = query_of(request, owner_id=owner_id)
        cursor = await self._cursors.now(owner_id)  # before the page is read, or a change could fall in between
        page = await self._reading.list_photos(
            owner_id,
            filter=filter_of(request.filter),
            order=PHOTO_ORDER_OF[request.order],
            oldest_first=request.oldest_first,
            limit=request.page_size or PHOTOS,
            after=page_position(request.page_token, query=query, kinds=(int, str)),
        )
        return pb.ListPhotosResponse(
            photos=self._messages.photos(page.photos, thumbnail_urls=request.thumbnail_urls, context=context),
            next_page_token=page_token(page.after, query=query),
            cursor=cursor,
        )

    async def ListTimelineBuckets(
        self, request: pb.ListTimelineBucketsRequest, context: Context
    ) -> pb.ListTimelineBucketsResponse:
        owner_id = caller_of(context).user_id
        buckets = await self._reading.list_timeline_buckets(
            owner_id=owner_id, archived=request.archived, days_from=request.days_from
        )
        return pb.ListTimelineBucketsResponse(buckets=[bucket_to_proto(bucket) for bucket in buckets])

    async def ListTags(self, request: pb.ListTagsRequest, context: Context) -> pb.ListTagsResponse:
        owner_id = caller_of(context).user_id
        query = query_of(request, owner_id=owner_id)
        tags, after = await self._reading.list_tags(
            owner_id=owner_id,
            prefix=request.prefix,
            limit=request.page_size or TAGS,
            after=page_position(request.page_token, query=query, kinds=(int,)),
        )
        return pb.ListTagsResponse(
            tags=[pb.TagCount(name=tag.name, photos=tag.photos) for tag in tags],
            next_page_token=page_token(after, query=query),
        )

    async def GetUsage(self, request: pb.GetUsageRequest, context: Context) -> pb.GetUsageResponse:
        report = await self._registering.usage_report(caller_of(context).user_id)
        return pb.GetUsageResponse(
            used_bytes=report.usage.used_bytes,
            uploading_bytes=report.uploading_bytes,
            quota_bytes=report.quota_bytes,
            photos=report.usage.photos,
            trashed_photos=report.usage.trashed_photos,
            as_of_time=timestamp_of(report.time),
        )
