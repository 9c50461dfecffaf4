"""Webhooks, in either database."""

from __future__ import annotations

from typing import Final

from tintype.catalog.adapters.documents import WEBHOOK
from tintype.catalog.domain.webhook import MAX_WEBHOOKS, Webhook
from tintype.catalog.ports.webhook import WebhookConflict, WebhookExists, WebhookNotFound
from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import OWNED, Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates

WEBHOOKS: Final = Shape[Webhook, object](
    table="webhooks",
    codec=WEBHOOK,
    aggregate_id=lambda webhook: webhook.webhook_id,
    not_found=WebhookNotFound,
    already_exists=WebhookExists,
    conflict=WebhookConflict,
    columns=[Column("create_ms", "INTEGER", lambda webhook: milliseconds(webhook.create_time))],
    indexes=[Index("of_owner", ("owner_id",), ("create_ms",))],
)


class StoredWebhookRepository:
    """WebhookRepository over aggregates."""

    def __init__(self, webhooks: Aggregates[Webhook, object]) -> None:
        self._webhooks = webhooks

    async def add(self, webhook: Webhook) -> None:
        """See `WebhookRepository`."""
        await self._webhooks.add(webhook)

    async def replace(self, webhook: Webhook) -> Webhook:
        """See `WebhookRepository`."""
        return await self._webhooks.replace(webhook)

    async def remove(self, webhook: Webhook) -> None:
        """See `WebhookRepository`."""
        await self._webhooks.remove(webhook)

    async def load(self, *, owner_id: str, webhook_id: str) -> Webhook:
        """See `WebhookRepository`."""
        return await self._webhooks.load(owner_id=owner_id, aggregate_id=webhook_id)

    async def of_owner(self, owner_id: str) -> list[Webhook]:
        """See `WebhookRepository`."""
        return (await self._webhooks.page("of_owner", owner_id, limit=2 * MAX_WEBHOOKS)).items

    async def remove_owner(self, owner_id: str) -> int:
        """See `WebhookRepository`."""
        return await self._webhooks.remove_owner(owner_id)

    async def count_owner(self, owner_id: str) -> int:
        """See `WebhookRepository`."""
        return await self._webhooks.count(OWNED, owner_id)
