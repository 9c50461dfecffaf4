"""The calls of webhooks in MongoDB, and their log."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pymongo import IndexModel

from tintype.catalog.adapters.documents import ATTEMPT, DELIVERY
from tintype.catalog.adapters.photo_keys import milliseconds
from tintype.catalog.adapters.photo_pages import plain
from tintype.catalog.domain.webhook import Attempt, Delivery
from tintype.catalog.ports.photo import PageKey
from tintype.catalog.ports.webhook import AttemptPage, DeliveryExists, DeliveryTaken
from tintype.kit.store.aggregate_shape import OWNED
from tintype.kit.store.mongo import MongoDatabase, Row
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_errors import translated
from tintype.kit.store.mongo_shape import Keyset, MongoShape, Stored

DUE: Final = IndexModel([("next_ms", 1), ("owner_id", 1), ("webhook_id", 1)], name="due")


class DeliveryDocument(Stored):
    """A call that is still to be made."""

    webhook_id: str
    next_ms: int

    class Settings(Stored.Settings):
        """Where calls lie, and how they are found."""

        name = "webhook_deliveries"
        indexes = (DUE, Keyset("of_webhook", ("owner_id", "webhook_id"), ("next_ms",)))


class AttemptDocument(Stored):
    """A line of the log."""

    webhook_id: str
    time_ms: int

    class Settings(Stored.Settings):
        """Where the log lies, and how its lines are found."""

        name = "webhook_attempts"
        indexes = (Keyset("by_time", (), ("time_ms",)), Keyset("of_webhook", ("owner_id", "webhook_id"), ("time_ms",)))


DELIVERIES: Final = MongoShape[Delivery, object](
    document=DeliveryDocument,
    codec=DELIVERY,
    aggregate_id=lambda delivery: delivery.delivery_id,
    not_found=DeliveryTaken,
    already_exists=DeliveryExists,
    conflict=DeliveryTaken,
    keys=lambda delivery: {"webhook_id": delivery.webhook_id, "next_ms": milliseconds(delivery.next_time)},
)
ATTEMPTS: Final = MongoShape[Attempt, object](
    document=AttemptDocument,
    codec=ATTEMPT,
    aggregate_id=lambda attempt: attempt.attempt_id,
    revision=lambda _: 1,  # a line of a log never changes
    not_found=DeliveryTaken,
    already_exists=DeliveryExists,
    conflict=DeliveryTaken,
    keys=lambda attempt: {"webhook_id": attempt.webhook_id, "time_ms": milliseconds(attempt.time)},
)


class MongoDeliveryRepository:
    """DeliveryRepository on MongoDB."""

    def __init__(
        self, deliveries: MongoAggregates[Delivery, object], attempts: MongoAggregates[Attempt, object]
    ) -> None:
        self._deliveries = deliveries
        self._attempts = attempts

    @classmethod
    async def open(cls, database: MongoDatabase) -> MongoDeliveryRepository:
        """Make the indexes where they are not there."""
        deliveries = await MongoAggregates.open(database, DELIVERIES)
        return cls(deliveries, await MongoAggregates.open(database, ATTEMPTS))

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
        distinct: list[Row] = [
            {"$match": {"next_ms": {"$lte": milliseconds(until)}}},
            {"$group": {"_id": {"owner_id": "$owner_id", "webhook_id": "$webhook_id"}}},
            {"$limit": limit},
        ]
        with translated(DELIVERIES.name):
            rows = await self._deliveries.collection.aggregate(distinct, hint="due")
            return [(row["_id"]["owner_id"], row["_id"]["webhook_id"]) async for row in rows]

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
