"""What search hears: photos that changed or are gone, and users that are erased."""

from __future__ import annotations

from google.protobuf.message import Message

from tintype.search.convert.source import key_of_fact
from tintype.search.service.indexing import Indexing
from tintype.v1 import events_pb2


class SearchConsumer:
    def __init__(self, indexing: Indexing) -> None:
        self._indexing = indexing

    async def photo_changed(self, fact: events_pb2.PhotoChanged) -> None:
        await self._indexing.index_photo(key_of_fact(fact))

    async def photo_deleted(self, fact: events_pb2.PhotoDeleted) -> None:
        await self._indexing.delete_photo(key_of_fact(fact))

    async def user_deleted(self, fact: events_pb2.UserDeleted) -> None:
        await self._indexing.erase_owner(user_id=fact.user_id, operation_id=fact.operation_id)


def photo_of(fact: Message) -> str:
    """What facts of the same photo have in common: only the newest of those that wait need be done."""
    return f"{fact.owner_id}/{fact.photo_id}" if isinstance(fact, events_pb2.PhotoChanged) else ""
