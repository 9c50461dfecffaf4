"""What happens in the library, as it happens."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Final

from tintype.v1 import event_service_pb2 as pb
from tintype.v1.event_service_pb2_grpc import EventServiceStub
from tintype_sdk.connection import Connection
from tintype_sdk.errors import Cancelled, Unavailable

_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 10.0


class Events:
    """EventService."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stub = EventServiceStub(connection.channel)

    async def watch(
        self, *, cursor: str = "", kinds: Sequence[pb.LibraryEventKind] = ()
    ) -> AsyncGenerator[pb.WatchEventsResponse, None]:
        """Events after a cursor, then new ones without end; a broken connection is taken up where it broke.

        Every answer carries the cursor to go on from; one without an event is a keep-alive. An event may come twice.
        Who stops before its end closes it (`contextlib.aclosing`), so that the call ends at once.
        Raises OutOfRange (CURSOR_EXPIRED: list again), InvalidArgument.
        """
        pause = _PAUSE_S
        while True:
            request = pb.WatchEventsRequest(cursor=cursor, kinds=kinds)
            try:
                async for response in self._connection.receive(self._stub.WatchEvents, request, pb.WatchEventsResponse):
                    cursor, pause = response.cursor or cursor, _PAUSE_S
                    yield response
            except (Unavailable, Cancelled):
                pass
            # Also where the stream just ended: a server that stops ends it, and is to be left alone meanwhile.
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def create_webhook(
        self, url: str, *, kinds: Sequence[pb.LibraryEventKind] = (), request_id: str = ""
    ) -> pb.CreateWebhookResponse:
        """Register an address; the answer alone shows the secret that signs the calls. Raises InvalidArgument."""
        request = pb.CreateWebhookRequest(url=url, kinds=kinds, request_id=request_id or str(uuid.uuid4()))
        return await self._connection.call(self._stub.CreateWebhook, request, pb.CreateWebhookResponse)

    async def webhooks(self) -> list[pb.Webhook]:
        """All of them, oldest first."""
        response = await self._connection.call(
            self._stub.ListWebhooks, pb.ListWebhooksRequest(), pb.ListWebhooksResponse
        )
        return list(response.webhooks)

    async def delete_webhook(self, webhook_id: str) -> None:
        """Raises NotFound."""
        request = pb.DeleteWebhookRequest(webhook_id=webhook_id)
        await self._connection.call(self._stub.DeleteWebhook, request, pb.DeleteWebhookResponse)

    async def deliveries(self, webhook_id: str) -> AsyncIterator[pb.WebhookDelivery]:
        """The log of a webhook, newest first. Raises NotFound."""
        request = pb.ListWebhookDeliveriesRequest(webhook_id=webhook_id, page_size=500)
        while True:
            page = await self._connection.call(
                self._stub.ListWebhookDeliveries, request, pb.ListWebhookDeliveriesResponse
            )
            for delivery in page.deliveries:
                yield delivery
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token
