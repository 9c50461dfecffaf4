"""EventService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from tintype.catalog.convert.library_event import kinds_of, library_event_to_proto
from tintype.catalog.convert.webhook import attempt_to_proto, webhook_to_proto
from tintype.catalog.service.watching import Watching
from tintype.catalog.service.webhooks import Webhooks
from tintype.kit.auth.caller import Context, caller_of
from tintype.kit.paging import page_position, page_token, query_of
from tintype.v1 import event_service_pb2 as pb
from tintype.v1.event_service_pb2_grpc import EventServiceServicer

PAGE: Final = 50  # as the contract says


class EventHandlers(EventServiceServicer):
    def __init__(self, watching: Watching, webhooks: Webhooks) -> None:
        self._watching = watching
        self._webhooks = webhooks

    async def WatchEvents(
        self, request: pb.WatchEventsRequest, context: Context
    ) -> AsyncIterator[pb.WatchEventsResponse]:
        owner_id = caller_of(context).user_id
        watch = self._watching.watch(owner_id, cursor=request.cursor, kinds=kinds_of(request.kinds))
        async with aclosing(watch) as watched:
            async for each in watched:
                event = library_event_to_proto(each.event) if each.event else None
                yield pb.WatchEventsResponse(event=event, cursor=each.cursor)

    async def CreateWebhook(self, request: pb.CreateWebhookRequest, context: Context) -> pb.CreateWebhookResponse:
        webhook, secret = await self._webhooks.create_webhook(
            owner_id=caller_of(context).user_id,
            url=request.url,
            kinds=kinds_of(request.kinds),
            request_id=request.request_id,
        )
        return pb.CreateWebhookResponse(webhook=webhook_to_proto(webhook), secret=secret)

    async def ListWebhooks(self, request: pb.ListWebhooksRequest, context: Context) -> pb.ListWebhooksResponse:
        webhooks = await self._webhooks.list_webhooks(owner_id=caller_of(context).user_id)
        return pb.ListWebhooksResponse(webhooks=[webhook_to_proto(webhook) for webhook in webhooks])

    async def DeleteWebhook(self, request: pb.DeleteWebhookRequest, context: Context) -> pb.DeleteWebhookResponse:
        await self._webhooks.delete_webhook(owner_id=caller_of(context).user_id, webhook_id=request.webhook_id)
        return pb.DeleteWebhookResponse()

    async def ListWebhookDeliveries(
        self, request: pb.ListWebhookDeliveriesRequest, context: Context
    ) -> pb.ListWebhookDeliveriesResponse:
        owner_id = caller_of(context).user_id
        query = query_of(request, owner_id=owner_id)
        page = await self._webhooks.list_deliveries(
            owner_id=owner_id,
            webhook_id=request.webhook_id,
            limit=request.page_size or PAGE,
            after=page_position(request.page_token, query=query, kinds=(int, str)),
        )
        return pb.ListWebhookDeliveriesResponse(
            deliveries=[attempt_to_proto(attempt) for attempt in page.attempts],
            next_page_token=page_token(page.after, query=query),
        )
