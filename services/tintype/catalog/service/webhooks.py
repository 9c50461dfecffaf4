"""Webhooks as their owners keep them, and what is to be told to them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from tintype.catalog.domain.library_event import EventKind, LibraryEvent
from tintype.catalog.domain.webhook import MAX_WAITING, MAX_WEBHOOKS, Delivery, Webhook
from tintype.catalog.ports.photo import PageKey
from tintype.catalog.ports.webhook import (
    AttemptPage,
    DeliveryExists,
    DeliveryRepository,
    WebhookConflict,
    WebhookExists,
    WebhookNotFound,
    WebhookRepository,
    WebhookSender,
)
from tintype.catalog.service.albums import RequestIdReused
from tintype.kit.clock import Clock
from tintype.kit.errors import ResourceExhausted
from tintype.kit.ids import IdSource, id_of_request
from tintype.kit.turns import Turns, tried


class TooManyWebhooks(ResourceExhausted):
    """The user has as many webhooks as a user can have."""

    def __init__(self) -> None:
        super().__init__(f"there are {MAX_WEBHOOKS} webhooks already", subject="webhooks", limit=str(MAX_WEBHOOKS))


class Webhooks:
    """Keeps webhooks, and writes down which are to be called."""

    def __init__(
        self,
        webhooks: WebhookRepository,
        deliveries: DeliveryRepository,
        sender: WebhookSender,
        clock: Clock,
        ids: IdSource,
        *,
        new_secret: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._sender = sender
        self._clock = clock
        self._ids = ids
        self._new_secret = new_secret
        self._turns = Turns()

    async def create_webhook(
        self, *, owner_id: str, url: str, kinds: tuple[EventKind, ...], request_id: str
    ) -> tuple[Webhook, str]:
        """Returns the webhook and its secret; of a repeated request the first result, without the secret.

        Raises: WebhookUrlRefused, RequestIdReused, TooManyWebhooks.
        """
        derived = id_of_request(owner_id=owner_id, rpc="CreateWebhook", request_id=request_id)
        webhook = Webhook(
            webhook_id=derived if request_id else self._ids.new(),
            owner_id=owner_id,
            url=url,
            kinds=kinds,
            create_time=self._clock.now(),
            secret=self._new_secret(),
        )
        async with self._turns.of(owner_id):
            there = {each.webhook_id: each for each in await self._webhooks.of_owner(owner_id)}
            if met := there.get(webhook.webhook_id):
                return _met_again(met, webhook, request_id), ""
            await self._sender.check(url)
            if len(there) >= MAX_WEBHOOKS:
                raise TooManyWebhooks
            try:
                await self._webhooks.add(webhook)
            except WebhookExists:  # another process was faster
                met = await self._webhooks.load(owner_id=owner_id, webhook_id=webhook.webhook_id)
                return _met_again(met, webhook, request_id), ""
        return webhook, webhook.secret

    async def list_webhooks(self, *, owner_id: str) -> list[Webhook]:
        """Oldest first."""
        return await self._webhooks.of_owner(owner_id)

    async def delete_webhook(self, *, owner_id: str, webhook_id: str) -> None:
        """Its calls and its log go with it. Raises WebhookNotFound."""

        async def attempt() -> None:
            await self._webhooks.remove(await self._webhooks.load(owner_id=owner_id, webhook_id=webhook_id))

        await tried(attempt, overtaken=WebhookConflict)
        await self._deliveries.remove_webhook(owner_id=owner_id, webhook_id=webhook_id, log=True)

    async def list_deliveries(self, *, owner_id: str, webhook_id: str, limit: int, after: PageKey) -> AttemptPage:
        """The log, newest first. Raises WebhookNotFound."""
        await self._webhooks.load(owner_id=owner_id, webhook_id=webhook_id)
        return await self._deliveries.page_attempts(owner_id=owner_id, webhook_id=webhook_id, limit=limit, after=after)

    async def hear(self, event: LibraryEvent) -> int:
        """Write down every call that the event makes, so that a crash loses none; returns how many."""
        wanted = [webhook for webhook in await self._webhooks.of_owner(event.owner_id) if webhook.wants(event)]
        for webhook in wanted:
            await self._write_down(webhook, event)
        return len(wanted)

    async def disable(self, *, owner_id: str, webhook_id: str) -> None:
        """Give it up, and the calls that wait; the log stays."""

        async def attempt() -> None:
            webhook = await self._webhooks.load(owner_id=owner_id, webhook_id=webhook_id)
            if webhook.disabled_time is None:
                await self._webhooks.replace(replace(webhook, disabled_time=self._clock.now()))

        with suppress(WebhookNotFound):
            await tried(attempt, overtaken=WebhookConflict)
        await self._deliveries.remove_webhook(owner_id=owner_id, webhook_id=webhook_id, log=False)

    async def _write_down(self, webhook: Webhook, event: LibraryEvent) -> None:
        owner_id, webhook_id = webhook.owner_id, webhook.webhook_id
        if await self._deliveries.count_waiting(owner_id=owner_id, webhook_id=webhook_id) >= MAX_WAITING:
            await self.disable(owner_id=owner_id, webhook_id=webhook_id)
            return
        now = self._clock.now()
        delivery = Delivery(owner_id=owner_id, webhook_id=webhook_id, event=event, next_time=now, first_time=now)
        with suppress(DeliveryExists):  # the fact was heard twice
            await self._deliveries.add(delivery)


def _met_again(met: Webhook, asked: Webhook, request_id: str) -> Webhook:
    """Raises RequestIdReused."""
    if (met.url, met.kinds) != (asked.url, asked.kinds):
        raise RequestIdReused(request_id)
    return met
