"""Photos and their files."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from google.protobuf.field_mask_pb2 import FieldMask

from tintype.v1 import catalog_service_pb2 as pb
from tintype.v1 import media_service_pb2 as media_pb
from tintype.v1 import operation_pb2, photo_filter_pb2, photo_pb2
from tintype.v1.catalog_service_pb2_grpc import CatalogServiceStub
from tintype.v1.media_service_pb2_grpc import MediaServiceStub
from tintype_sdk.connection import Connection
from tintype_sdk.errors import Cancelled, DataLoss, TintypeError, Unavailable

BATCH: int = 500
_TRIES: int = 8
_PAUSE_S: float = 0.25  # doubled at each try: about 16 s in all, in which a server restarts
_LONGEST_PAUSE_S: float = 5.0


class Photos:
    """CatalogService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = CatalogServiceStub(connection.channel)

    async def get(self, photo_id: str, *, thumbnail_url: bool = False, found_text: bool = False) -> photo_pb2.Photo:
        """Raises NotFound."""
        request = pb.GetPhotoRequest(photo_id=photo_id, thumbnail_url=thumbnail_url, found_text=found_text)
        return (await self._connection.call(self._stub.GetPhoto, request, pb.GetPhotoResponse)).photo

    async def batch_get(self, photo_ids: Sequence[str]) -> list[photo_pb2.Photo]:
        """Those that exist, in the order of the ids."""
        photos: list[photo_pb2.Photo] = []
        for start in range(0, len(photo_ids), BATCH):
            request = pb.BatchGetPhotosRequest(photo_ids=photo_ids[start : start + BATCH])
            response = await self._connection.call(self._stub.BatchGetPhotos, request, pb.BatchGetPhotosResponse)
            photos += response.photos
        return photos

    async def page(self, request: pb.ListPhotosRequest) -> pb.ListPhotosResponse:
        """One page, as the contract describes it."""
        return await self._connection.call(self._stub.ListPhotos, request, pb.ListPhotosResponse)

    async def all(
        self,
        *,
        photo_filter: photo_filter_pb2.PhotoFilter | None = None,
        order: pb.PhotoOrder = pb.PHOTO_ORDER_CAPTURE_TIME,
        oldest_first: bool = False,
    ) -> AsyncIterator[photo_pb2.Photo]:
        """All that match, newest first."""
        request = pb.ListPhotosRequest(page_size=BATCH, filter=photo_filter, order=order, oldest_first=oldest_first)
        while True:
            page = await self.page(request)
            for photo in page.photos:
                yield photo
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def timeline(self, *, archived: bool = False, days_from: int = 0) -> list[pb.TimelineBucket]:
        """How many photos each month holds, newest first; with days where a month holds at least `days_from`."""
        request = pb.ListTimelineBucketsRequest(archived=archived, days_from=days_from)
        response = await self._connection.call(self._stub.ListTimelineBuckets, request, pb.ListTimelineBucketsResponse)
        return list(response.buckets)

    async def update(
        self, photo_id: str, photo: photo_pb2.Photo, paths: Sequence[str], *, etag: str = ""
    ) -> photo_pb2.Photo:
        """Set the fields that `paths` name. Raises NotFound, Aborted if `etag` is stale, InvalidArgument."""
        request = pb.UpdatePhotoRequest(photo_id=photo_id, photo=photo, update_mask=FieldMask(paths=paths), etag=etag)
        return (await self._connection.call(self._stub.UpdatePhoto, request, pb.UpdatePhotoResponse)).photo

    async def batch_update(self, photo_ids: Sequence[str], edit: pb.PhotoEdit) -> list[pb.BatchFailure]:
        """Make one change to many photos; returns what failed."""
        failures: list[pb.BatchFailure] = []
        for start in range(0, len(photo_ids), BATCH):
            request = pb.BatchUpdatePhotosRequest(photo_ids=photo_ids[start : start + BATCH], edit=edit)
            response = await self._connection.call(self._stub.BatchUpdatePhotos, request, pb.BatchUpdatePhotosResponse)
            failures += response.failures
        return failures

    async def trash(self, photo_ids: Sequence[str]) -> list[pb.BatchFailure]:
        """Put photos into the trash; returns what failed."""
        failures: list[pb.BatchFailure] = []
        for start in range(0, len(photo_ids), BATCH):
            request = pb.BatchTrashPhotosRequest(photo_ids=photo_ids[start : start + BATCH])
            response = await self._connection.call(self._stub.BatchTrashPhotos, request, pb.BatchTrashPhotosResponse)
            failures += response.failures
        return failures

    async def restore(self, photo_ids: Sequence[str]) -> list[pb.BatchFailure]:
        """Take photos out of the trash; returns what failed."""
        failures: list[pb.BatchFailure] = []
        for start in range(0, len(photo_ids), BATCH):
            request = pb.BatchRestorePhotosRequest(photo_ids=photo_ids[start : start + BATCH])
            response = await self._connection.call(
                self._stub.BatchRestorePhotos, request, pb.BatchRestorePhotosResponse
            )
            failures += response.failures
        return failures

    async def delete(self, photo_id: str) -> None:
        """Delete a trashed photo for good. Raises NotFound, FailedPrecondition."""
        request = pb.DeletePhotoRequest(photo_id=photo_id)
        await self._connection.call(self._stub.DeletePhoto, request, pb.DeletePhotoResponse)

    async def purge_trash(self, *, request_id: str = "") -> operation_pb2.Operation:
        """Delete all that is in the trash."""
        request = pb.PurgeTrashRequest(request_id=request_id)
        return (await self._connection.call(self._stub.PurgeTrash, request, pb.PurgeTrashResponse)).operation

    async def start_batch(self, request: pb.StartBatchRequest) -> operation_pb2.Operation:
        """Change every photo that matches a filter."""
        return (await self._connection.call(self._stub.StartBatch, request, pb.StartBatchResponse)).operation

    async def retry(self, photo_id: str, stages: Sequence[photo_pb2.Stage] = ()) -> photo_pb2.Photo:
        """Ask for stages again; without `stages` for all that failed. Raises NotFound, FailedPrecondition."""
        request = pb.RetryStagesRequest(photo_id=photo_id, stages=stages)
        return (await self._connection.call(self._stub.RetryStages, request, pb.RetryStagesResponse)).photo

    async def tags(self, *, prefix: str = "") -> AsyncIterator[pb.TagCount]:
        """Tags, most used first."""
        request = pb.ListTagsRequest(page_size=BATCH, prefix=prefix)
        while True:
            page = await self._connection.call(self._stub.ListTags, request, pb.ListTagsResponse)
            for tag in page.tags:
                yield tag
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    async def usage(self) -> pb.GetUsageResponse:
        """What is used of the quota."""
        return await self._connection.call(self._stub.GetUsage, pb.GetUsageRequest(), pb.GetUsageResponse)


class Media:
    """MediaService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = MediaServiceStub(connection.channel)

    async def sign(self, photo_id: str, variant: photo_pb2.Variant) -> media_pb.SignMediaResponse:
        """A short-lived address of a variant. Raises NotFound."""
        request = media_pb.SignMediaRequest(photo_id=photo_id, variant=variant)
        return await self._connection.call(self._stub.SignMedia, request, media_pb.SignMediaResponse)

    async def read(
        self, photo_id: str, variant: photo_pb2.Variant, *, offset: int = 0, length: int = 0
    ) -> AsyncIterator[media_pb.DownloadResponse]:
        """The description of the variant, then its bytes from `offset`. Raises NotFound, DataLoss."""
        request = media_pb.DownloadRequest(photo_id=photo_id, variant=variant, offset=offset, length=length)
        async for response in self._connection.receive(self._stub.Download, request, media_pb.DownloadResponse):
            yield response

    async def download(self, photo_id: str, file: Path, *, variant: photo_pb2.Variant) -> media_pb.MediaInfo:
        """Save a variant; a broken connection is taken up where it broke, and an original is checked by its SHA-256.

        The file appears under its name once it is whole. Raises TintypeError, OSError.
        """
        part = file.with_name(f".{file.name}.part")
        digest = hashlib.sha256()
        info = media_pb.MediaInfo()
        received = 0
        try:
            with part.open("wb") as stream:
                for attempt in range(_TRIES):
                    try:
                        async for message in self.read(photo_id, variant, offset=received):
                            if message.HasField("info"):
                                info = message.info
                            stream.write(message.data)
                            digest.update(message.data)
                            received += len(message.data)
                        break
                    except (Unavailable, Cancelled):
                        if attempt == _TRIES - 1:
                            raise
                    await asyncio.sleep(min(_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S))
            check_whole(info, received, digest.hexdigest())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        return info


def check_whole(info: media_pb.MediaInfo, received: int, sha256: str) -> None:
    """Raises DataLoss if what came is not what the server described."""
    damaged: TintypeError | None = None
    if received != info.size_bytes:
        damaged = DataLoss(f"{received} of {info.size_bytes} bytes came")
    elif info.sha256 and info.sha256 != sha256:
        damaged = DataLoss("the file arrived damaged: its SHA-256 is another")
    if damaged is not None:
        raise damaged
