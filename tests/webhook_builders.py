"""Valid webhooks, events and calls; a test sets only what it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.builders import OWNER
from tests.clocks import NOON

from tintype.catalog.adapters.stored_delivery import ATTEMPTS, DELIVERIES, StoredDeliveryRepository
from tintype.catalog.adapters.stored_webhook import WEBHOOKS, StoredWebhookRepository
from tintype.catalog.domain.library_event import EventKind, LibraryEvent
from tintype.catalog.domain.webhook import Attempt, Delivery, Webhook
from tintype.kit.store.sqlite import Database
from tintype.kit.store.sqlite_aggregates import SqliteAggregates


async def hooks_in(database: Database) -> tuple[StoredWebhookRepository, StoredDeliveryRepository]:
    """Webhooks and their calls in a SQLite file."""
    deliveries = await SqliteAggregates.open(database, DELIVERIES)
    return (
        StoredWebhookRepository(await SqliteAggregates.open(database, WEBHOOKS)),
        StoredDeliveryRepository(deliveries, await SqliteAggregates.open(database, ATTEMPTS)),
    )


def make_webhook(webhook_id: str = "hook-1", **overrides: Any) -> Webhook:
    """A webhook of OWNER for every event."""
    webhook = Webhook(
        webhook_id=webhook_id,
        owner_id=OWNER,
        url="https://hooks.example/one",
        kinds=(),
        create_time=NOON,
        secret="a secret",
    )
    return replace(webhook, **overrides)


def make_event(event_id: str = "event-1", **overrides: Any) -> LibraryEvent:
    """Something that happened to a photo of OWNER."""
    event = LibraryEvent(
        event_id=event_id,
        owner_id=OWNER,
        kind=EventKind.PHOTO_CHANGED,
        time=NOON,
        revision=2,
        photo_id="photo-1",
        groups=("edits",),
    )
    return replace(event, **overrides)


def make_delivery(event_id: str = "event-1", **overrides: Any) -> Delivery:
    """A call of make_webhook() that is due at noon."""
    delivery = Delivery(
        owner_id=OWNER, webhook_id="hook-1", event=make_event(event_id), next_time=NOON, first_time=NOON
    )
    return replace(delivery, **overrides)


def make_attempt(attempt_id: str = "attempt-1", **overrides: Any) -> Attempt:
    """A call of make_webhook() that went well at noon."""
    attempt = Attempt(
        attempt_id=attempt_id,
        owner_id=OWNER,
        webhook_id="hook-1",
        event_id="event-1",
        attempt=1,
        time=NOON,
        http_status=200,
    )
    return replace(attempt, **overrides)
