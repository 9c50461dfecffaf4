"""The calls of webhooks and their log, in either database."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tintype.catalog.adapters.documents import ATTEMPT, DELIVERY
from tintype.catalog.adapters.photo_pages import plain
from tintype.catalog.domain.webhook import Attempt, Delivery
from tintype.catalog.ports.photo import PageKey
from tintype.catalog.ports.webhook import AttemptPage, DeliveryExists, DeliveryTaken
from tintype.kit.instants import milliseconds
from tintype.kit.store.aggregate_shape import OWNED, Column, Index, Shape
from tintype.kit.store.aggregates import Aggregates

DELIVERIES: Final = Shape[Delivery, object](
    table="webhook_deliveries",
    codec=DELIVERY,
    aggregate_id=lambda delivery: delivery.delivery_id,
    not_found=DeliveryTaken,
    already_exists=DeliveryExists,
    conflict=DeliveryTaken,
    columns=[
        Column("webhook_id", "TEXT", lambda delivery: delivery.webhook_id),
        Column("next_ms", "INTEGER", lambda delivery: milliseconds(delivery.next_time)),
    ],
    indexes=[
        Index("due_webhooks", (), ("next_ms",)),
        Index("of_webhook", ("owner_id", "webhook_id"), ("next_ms",)),
    ],
)
ATTEMPTS: Final = Shape[Attempt, object](
    table="webhook_attempts",
    codec=ATTEMPT,
    aggregate_id=lambda attempt: attempt.attempt_id,
    revision=lambda _: 1,  # a line of a log never changes
    not_found=DeliveryTaken,
    already_exists=DeliveryExists,
    conflict=DeliveryTaken,
    columns=[
        Column("webhook_id", "TEXT", lambda attempt: attempt.webhook_id),
        Column("time_ms", "INTEGER", lambda attempt: milliseconds(attempt.time)),
    ],
    indexes=[
        Index("by_time", (), ("time_ms",)),
        Index("of_webhook", ("owner_id", "webhook_id"), ("time_ms",)),
    ],
)


class StoredDeliveryRepository:
    """DeliveryRepository over aggregates."""

    def __init__(self, deliveries: Aggregates[Delivery, object], attempts: Aggregates[Attempt, object]) -> None:
        self._deliveries = deliveries
        self._attempts = attempts

    async def add(self, delivery: Delivery) -> None:
        """See `DeliveryRepository`."""
        await self._deliveries.add(delivery)

    async def replace(self, delivery: Delivery) -> Delivery:
        """See `DeliveryRepository`."""
        return await self._deliveries.replace(delivery)

    async def remove(self, delivery: Delivery) -> None:
        """See `DeliveryRepository`."""
        await self._deliveries.remove(delivery)

    async def due_webhooks(self, *, until: datetime, limit: int) -> list[tuple[str, str]]:
        """See `DeliveryRepository`."""
        columns, last = ("owner_id", "webhook_id"), (milliseconds(until),)
        found = await self._deliveries.distinct(columns, "due_webhooks", until=last, limit=limit)
        return [(str(owner_id), str(webhook_id)) for owner_id, webhook_id in found]

    async def due(self, *, owner_id: str, webhook_id: str, until: datetime, limit: int) -> list[Delivery]:
        """See `DeliveryRepository`."""
        last = (milliseconds(until),)
        return (await self._deliveries.page("of_webhook", owner_id, webhook_id, limit=limit, until=last)).items

    async def count_waiting(self, *, owner_id: str, webhook_id: str) -> int:
        """See `DeliveryRepository`."""
        return await self._deliveries.count("of_webhook", owner_id, webhook_id)

    async def remove_webhook(self, *, owner_id: str, webhook_id: str, log: bool) -> None:
        """See `DeliveryRepository`."""
        await self._deliveries.remove_range("of_webhook", owner_id, webhook_id)
        if log:
            await self._attempts.remove_range("of_webhook", owner_id, webhook_id)

    async def add_attempt(self, attempt: Attempt) -> None:
        """See `DeliveryRepository`."""
        await self._attempts.add(attempt)

    async def page_attempts(self, *, owner_id: str, webhook_id: str, limit: int, after: PageKey = ()) -> AttemptPage:
        """See `DeliveryRepository`."""
        page = await self._attempts.page("of_webhook", owner_id, webhook_id, limit=limit, after=after, descending=True)
        return AttemptPage(page.items, None if page.after is None else plain(page.after))

    async def remove_attempts(self, *, until: datetime) -> int:
        """See `DeliveryRepository`."""
        return await self._attempts.remove_range("by_time", until=(milliseconds(until),))

    async def remove_owner(self, owner_id: str) -> int:
        """See `DeliveryRepository`."""
        return await self._deliveries.remove_owner(owner_id) + await self._attempts.remove_owner(owner_id)

    async def count_owner(self, owner_id: str) -> int:
        """See `DeliveryRepository`."""
        return await self._deliveries.count(OWNED, owner_id) + await self._attempts.count(OWNED, owner_id)
