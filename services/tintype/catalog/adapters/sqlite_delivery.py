"""The calls of webhooks in SQLite, and their log."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tintype.catalog.adapters.documents import ATTEMPT, DELIVERY
from tintype.catalog.adapters.photo_keys import milliseconds
from tintype.catalog.domain.webhook import Attempt, Delivery
from tintype.catalog.ports.photo import PageKey
from tintype.catalog.ports.webhook import AttemptPage, DeliveryExists, DeliveryTaken
from tintype.kit.store.aggregate_shape import Column, Index, Shape
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates

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
        Index("owned", ("owner_id",)),
        Index("by_time", (), ("next_ms",)),
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
        Index("attempts_owned", ("owner_id",)),
        Index("attempts_by_time", (), ("time_ms",)),
        Index("attempts_of", ("owner_id", "webhook_id"), ("time_ms",)),
    ],
)


class SqliteDeliveryRepository:
    """DeliveryRepository on SQLite."""

    def __init__(
        self,
        database: Database,
        deliveries: SqliteAggregates[Delivery, object],
        attempts: SqliteAggregates[Attempt, object],
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._attempts = attempts

    @classmethod
    async def open(cls, database: Database) -> SqliteDeliveryRepository:
        """Make the tables where they are not there."""
        deliveries = await SqliteAggregates.open(database, DELIVERIES)
        return cls(database, deliveries, await SqliteAggregates.open(database, ATTEMPTS))

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
        query = f"SELECT DISTINCT owner_id, webhook_id FROM {DELIVERIES.table} WHERE next_ms <= ? LIMIT ?"
        rows = await self._database.read(
            lambda connection: connection.execute(query, (milliseconds(until), limit)).fetchall()
        )
        return [(str(owner_id), str(webhook_id)) for owner_id, webhook_id in rows]

    async def due(self, *, owner_id: str, webhook_id: str, until: datetime, limit: int) -> list[Delivery]:
        """See `DeliveryRepository`."""
        last = (milliseconds(until),)
        return (await self._deliveries.page("of_webhook", owner_id, webhook_id, limit=limit, until=last)).items

    async def count_waiting(self, *, owner_id: str, webhook_id: str) -> int:
        """See `DeliveryRepository`."""
        return await self._deliveries.count("of_webhook", owner_id, webhook_id)

    async def remove_webhook(self, *, owner_id: str, webhook_id: str, log: bool) -> None:
        """See `DeliveryRepository`."""
        tables = (DELIVERIES.table, ATTEMPTS.table) if log else (DELIVERIES.table,)
        for table in tables:
            statement = f"DELETE FROM {table} WHERE owner_id = ? AND webhook_id = ?"
            await self._change(statement, owner_id, webhook_id)

    async def add_attempt(self, attempt: Attempt) -> None:
        """See `DeliveryRepository`."""
        await self._attempts.add(attempt)

    async def page_attempts(self, *, owner_id: str, webhook_id: str, limit: int, after: PageKey = ()) -> AttemptPage:
        """See `DeliveryRepository`."""
        page = await self._attempts.page("attempts_of", owner_id, webhook_id, limit=limit, after=after, descending=True)
        keys = page.after
        following = None if keys is None else tuple(key if isinstance(key, int) else str(key) for key in keys)
        return AttemptPage(page.items, following)

    async def remove_attempts(self, *, until: datetime) -> int:
        """See `DeliveryRepository`."""
        return await self._change(f"DELETE FROM {ATTEMPTS.table} WHERE time_ms <= ?", milliseconds(until))

    async def remove_owner(self, owner_id: str) -> int:
        """See `DeliveryRepository`."""
        return await self._deliveries.remove_owner(owner_id) + await self._attempts.remove_owner(owner_id)

    async def count_owner(self, owner_id: str) -> int:
        """See `DeliveryRepository`."""
        return await self._deliveries.count("owned", owner_id) + await self._attempts.count("attempts_owned", owner_id)

    async def _change(self, statement: str, *values: str | int) -> int:
        return await self._database.write(lambda connection: connection.execute(statement, values).rowcount)
