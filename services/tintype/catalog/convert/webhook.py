"""Webhooks as the contract says them."""

from __future__ import annotations

from tintype.catalog.convert.enums import EVENT_KINDS
from tintype.catalog.domain.webhook import Attempt, Webhook
from tintype.kit.timestamps import timestamp_of
from tintype.v1 import event_service_pb2 as pb


def webhook_to_proto(webhook: Webhook) -> pb.Webhook:
    """A webhook as its owner sees it: without its secret."""
    return pb.Webhook(
        webhook_id=webhook.webhook_id,
        url=webhook.url,
        kinds=[EVENT_KINDS[kind] for kind in webhook.kinds],
        create_time=timestamp_of(webhook.create_time),
        disabled_time=timestamp_of(webhook.disabled_time),
    )


def attempt_to_proto(attempt: Attempt) -> pb.WebhookDelivery:
    """A line of the log."""
    return pb.WebhookDelivery(
        event_id=attempt.event_id,
        attempt=attempt.attempt,
        time=timestamp_of(attempt.time),
        http_status=attempt.http_status,
        error=attempt.error,
        next_time=timestamp_of(attempt.next_time),
    )
