"""What the catalog hears: an owner is being erased."""

from __future__ import annotations

from tintype.catalog.service.erasing import Erasing
from tintype.v1 import events_pb2


class CatalogConsumer:
    def __init__(self, erasing: Erasing) -> None:
        self._erasing = erasing

    async def user_deleted(self, fact: events_pb2.UserDeleted) -> None:
        await self._erasing.erase_user(user_id=fact.user_id, operation_id=fact.operation_id)
