"""What the catalog hears: an owner is being erased; and what webhooks are told, through a consumer of their own."""

from __future__ import annotations

from typing import Final

from google.protobuf.message import Message

from tintype.catalog.convert.library_event import HEARD, library_event_of_fact
from tintype.catalog.service.delivering import Delivering
from tintype.catalog.service.erasing import Erasing
from tintype.events.hearing import Heard, Hearing, hearing
from tintype.v1 import events_pb2

WEBHOOKS: Final = "catalog-webhooks"


class CatalogConsumer:
    def __init__(self, erasing: Erasing) -> None:
        self._erasing = erasing

    async def user_deleted(self, fact: events_pb2.UserDeleted) -> None:
        await self._erasing.erase_user(user_id=fact.user_id, operation_id=fact.operation_id)


class WebhookConsumer:
    def __init__(self, delivering: Delivering) -> None:
        self._delivering = delivering

    @property
    def hearings(self) -> list[Hearing[Message]]:
        return [hearing(kind, self.library_changed) for kind in HEARD]

    async def library_changed(self, heard: Heard[Message]) -> None:
        await self._delivering.hear(library_event_of_fact(heard.message, event_id=heard.event_id, time=heard.time))
