"""What upload hears: an owner is being erased."""

from __future__ import annotations

from tintype.upload.service.upkeep import Upkeep
from tintype.v1 import events_pb2, photo_pb2


class UploadConsumer:
    def __init__(self, upkeep: Upkeep[photo_pb2.Photo]) -> None:
        self._upkeep = upkeep

    async def user_deleted(self, fact: events_pb2.UserDeleted) -> None:
        await self._upkeep.erase(owner_id=fact.user_id, operation_id=fact.operation_id)
