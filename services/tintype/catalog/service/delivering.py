"""Makes the calls of webhooks, again and again if need be, over any number of restarts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tintype.catalog.domain.library_event import LibraryEvent
from tintype.catalog.domain.webhook import LOG_KEPT, Attempt, Delivery, Webhook, pause_after, signature
from tintype.catalog.ports.webhook import (
    DeliveryRepository,
    DeliveryTaken,
    SendFailed,
    WebhookNotFound,
    WebhookRepository,
    WebhookSender,
    WebhookUrlRefused,
)
from tintype.catalog.service.webhooks import Webhooks
from tintype.kit.clock import Clock
from tintype.kit.errors import DomainError
from tintype.kit.ids import IdSource

CLAIM: Final = timedelta(minutes=1)  # a call that a crash cut off is made again after this
AT_ONCE: Final = 16  # webhooks called side by side; calls of one webhook follow each other
LOOK_EVERY_S: Final = 5.0
FEW: Final = 50
MOST_WEBHOOKS: Final = 1_000  # looked at in one go


class Delivering:
    """Works off the calls that `Webhooks` writes down. `body` is what a receiver is sent of an event."""

    def __init__(
        self,
        webhooks: WebhookRepository,
        deliveries: DeliveryRepository,
        keeper: Webhooks,
        sender: WebhookSender,
        clock: Clock,
        ids: IdSource,
        *,
        body: Callable[[LibraryEvent], bytes],
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._keeper = keeper
        self._sender = sender
        self._clock = clock
        self._ids = ids
        self._body = body
        self._wake = asyncio.Event()
        self._busy: set[tuple[str, str]] = set()
        self._failing: dict[tuple[str, str], tuple[int, datetime]] = {}  # failures in a row, and left alone until
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def hear(self, event: LibraryEvent) -> None:
        """Have the event told to the webhooks that want it; returns once that is written down."""
        if await self._keeper.hear(event):
            self._wake.set()

    async def run(self) -> None:
        """Make calls as they become due, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                with suppress(DomainError):  # the store is away: what is due stays due
                    for owner_id, webhook_id in await self._due():
                        tasks.create_task(self._work_off(owner_id, webhook_id))
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._wake.wait()

    async def deliver_due(self) -> None:
        """Make the calls that are due now."""
        await asyncio.gather(*(self._work_off(owner_id, webhook_id) for owner_id, webhook_id in await self._due()))

    async def sweep(self) -> int:
        """Forget what is older than the log is kept; returns how many lines."""
        return await self._deliveries.remove_attempts(until=self._clock.now() - LOG_KEPT)

    async def _due(self) -> list[tuple[str, str]]:
        now = self._clock.now()
        found = await self._deliveries.due_webhooks(until=now, limit=MOST_WEBHOOKS)
        due = [each for each in found if each not in self._busy and self._failing.get(each, (0, now))[1] <= now]
        self._busy.update(due)
        return due

    async def _work_off(self, owner_id: str, webhook_id: str) -> None:
        try:
            async with self._gate:
                with suppress(DomainError):
                    webhook = await self._loaded(owner_id, webhook_id)
                    if webhook is not None:
                        await self._call_due(webhook)
        finally:
            self._busy.discard((owner_id, webhook_id))

    async def _call_due(self, webhook: Webhook) -> None:
        """The calls of one webhook. If one fails the others wait too: an address that is down is not stormed."""
        key = (webhook.owner_id, webhook.webhook_id)
        due = await self._deliveries.due(owner_id=key[0], webhook_id=key[1], until=self._clock.now(), limit=FEW)
        for delivery in due:
            if not await self._deliver(webhook, delivery):
                failures = self._failing.get(key, (0,))[0] + 1
                self._failing[key] = (failures, self._clock.now() + pause_after(failures))
                return
            self._failing.pop(key, None)
        if len(due) == FEW:
            self._wake.set()

    async def _loaded(self, owner_id: str, webhook_id: str) -> Webhook | None:
        """None if it is not to be called any more; then its calls go."""
        with suppress(WebhookNotFound):
            webhook = await self._webhooks.load(owner_id=owner_id, webhook_id=webhook_id)
            if webhook.disabled_time is None:
                return webhook
        await self._deliveries.remove_webhook(owner_id=owner_id, webhook_id=webhook_id, log=False)
        return None

    async def _deliver(self, webhook: Webhook, delivery: Delivery) -> bool:
        """Whether to go on with the next call."""
        now = self._clock.now()
        try:
            claimed = await self._deliveries.replace(
                replace(delivery, attempts=delivery.attempts + 1, next_time=now + CLAIM)
            )
        except DeliveryTaken:
            return True
        http_status, error = await self._call(webhook, claimed)
        retry_time = claimed.retry_time(self._clock.now()) if error else None
        try:
            if retry_time is not None:
                await self._deliveries.replace(replace(claimed, next_time=retry_time))
            else:
                await self._deliveries.remove(claimed)
        except DeliveryTaken:  # deleted or erased meanwhile: not even a line of the log may stay
            return True
        attempt = Attempt(
            attempt_id=self._ids.new(),
            owner_id=webhook.owner_id,
            webhook_id=webhook.webhook_id,
            event_id=claimed.event.event_id,
            attempt=claimed.attempts,
            time=now,
            http_status=http_status,
            error=error,
            next_time=retry_time,
        )
        await self._deliveries.add_attempt(attempt)
        if error and retry_time is None:
            await self._keeper.disable(owner_id=webhook.owner_id, webhook_id=webhook.webhook_id)
        return not error

    async def _call(self, webhook: Webhook, delivery: Delivery) -> tuple[int, str]:
        """The status of the answer, and what was wrong with it."""
        body = self._body(delivery.event)
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "content-type": "application/json",
            "tintype-event-id": delivery.event.event_id,
            "tintype-timestamp": timestamp,
            "tintype-signature": signature(webhook.secret, timestamp=timestamp, body=body),
        }
        try:
            http_status = await self._sender.post(webhook.url, headers=headers, body=body)
        except (SendFailed, WebhookUrlRefused) as error:
            return 0, error.message
        return http_status, "" if 200 <= http_status < 300 else f"the answer was {http_status}"
