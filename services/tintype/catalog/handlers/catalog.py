"""CatalogService."""

from __future__ import annotations

from tintype.catalog.convert.edit import arguments_of, edit_of
from tintype.catalog.convert.enums import STAGE_OF
from tintype.catalog.convert.photo import values_of
from tintype.catalog.handlers.messages import PhotoMessages, failures
from tintype.catalog.handlers.reading import ReadingHandlers
from tintype.catalog.ports.cursor import Cursors
from tintype.catalog.service.analysing import Analysing
from tintype.catalog.service.editing import Editing
from tintype.catalog.service.reading import Reading
from tintype.catalog.service.registering import Registering
from tintype.catalog.service.trashing import Trashing
from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.operations.convert import operation_to_proto
from tintype.kit.operations.domain import OperationKind
from tintype.kit.operations.service import Operations
from tintype.v1 import catalog_service_pb2 as pb


class CatalogHandlers(ReadingHandlers):
    def __init__(
        self,
        *,
        reading: Reading,
        registering: Registering,
        editing: Editing,
        trashing: Trashing,
        analysing: Analysing,
        operations: Operations,
        messages: PhotoMessages,
        cursors: Cursors,
    ) -> None:
        super().__init__(reading=reading, registering=registering, messages=messages, cursors=cursors)
        self._editing = editing
        self._trashing = trashing
        self._analysing = analysing
        self._operations = operations

    async def UpdatePhoto(self, request: pb.UpdatePhotoRequest, context: Context) -> pb.UpdatePhotoResponse:
        photo = await self._editing.update_photo(
            owner_id=caller_of(context).user_id,
            photo_id=request.photo_id,
            values=values_of(request.photo),
            mask=list(request.update_mask.paths),
            etag=request.etag,
        )
        return pb.UpdatePhotoResponse(photo=self._messages.photo(photo))

    async def BatchUpdatePhotos(
        self, request: pb.BatchUpdatePhotosRequest, context: Context
    ) -> pb.BatchUpdatePhotosResponse:
        outcome = await self._editing.batch_update(
            owner_id=caller_of(context).user_id, photo_ids=list(request.photo_ids), edit=edit_of(request.edit)
        )
        return pb.BatchUpdatePhotosResponse(
            photos=self._messages.photos(outcome.photos), failures=failures(outcome.failures)
        )

    async def TrashPhoto(self, request: pb.TrashPhotoRequest, context: Context) -> pb.TrashPhotoResponse:
        photo = await self._trashing.trash_photo(
            owner_id=caller_of(context).user_id, photo_id=request.photo_id, etag=request.etag
        )
        return pb.TrashPhotoResponse(photo=self._messages.photo(photo))

    async def BatchTrashPhotos(
        self, request: pb.BatchTrashPhotosRequest, context: Context
    ) -> pb.BatchTrashPhotosResponse:
        outcome = await self._trashing.batch_trash(
            owner_id=caller_of(context).user_id, photo_ids=list(request.photo_ids)
        )
        return pb.BatchTrashPhotosResponse(
            photos=self._messages.photos(outcome.photos), failures=failures(outcome.failures)
        )

    async def RestorePhoto(self, request: pb.RestorePhotoRequest, context: Context) -> pb.RestorePhotoResponse:
        photo = await self._trashing.restore_photo(
            owner_id=caller_of(context).user_id, photo_id=request.photo_id, etag=request.etag
        )
        return pb.RestorePhotoResponse(photo=self._messages.photo(photo))

    async def BatchRestorePhotos(
        self, request: pb.BatchRestorePhotosRequest, context: Context
    ) -> pb.BatchRestorePhotosResponse:
        outcome = await self._trashing.batch_restore(
            owner_id=caller_of(context).user_id, photo_ids=list(request.photo_ids)
        )
        return pb.BatchRestorePhotosResponse(
            photos=self._messages.photos(outcome.photos), failures=failures(outcome.failures)
        )

    async def DeletePhoto(self, request: pb.DeletePhotoRequest, context: Context) -> pb.DeletePhotoResponse:
        await self._trashing.delete_photo(
            owner_id=caller_of(context).user_id, photo_id=request.photo_id, etag=request.etag
        )
        return pb.DeletePhotoResponse()

    async def PurgeTrash(self, request: pb.PurgeTrashRequest, context: Context) -> pb.PurgeTrashResponse:
        operation = await self._operations.start(
            owner_id=caller_of(context).user_id, kind=OperationKind.PURGE_TRASH, request_id=request.request_id
        )
        return pb.PurgeTrashResponse(operation=operation_to_proto(operation))

    async def StartBatch(self, request: pb.StartBatchRequest, context: Context) -> pb.StartBatchResponse:
        operation = await self._operations.start(
            owner_id=caller_of(context).user_id,
            kind=OperationKind.BATCH,
            arguments=arguments_of(request),
            request_id=request.request_id,
        )
        return pb.StartBatchResponse(operation=operation_to_proto(operation))

    async def RetryStages(self, request: pb.RetryStagesRequest, context: Context) -> pb.RetryStagesResponse:
        photo = await self._analysing.retry_stages(
            owner_id=caller_of(context).user_id,
            photo_id=request.photo_id,
            stages=[STAGE_OF[stage] for stage in request.stages],
        )
        return pb.RetryStagesResponse(photo=self._messages.photo(photo))
