"""Webhooks: addresses that are called at events, and the calls still to be made."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tintype.catalog.domain.library_event import EventKind, LibraryEvent

MAX_WEBHOOKS: Final = 20
MAX_WAITING: Final = 10_000  # calls of one webhook; whoever has missed so many has to list again anyway
BACK_OFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
GIVEN_UP_AFTER: Final = timedelta(days=3)
LOG_KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address of an owner; no `kinds` mean all. The secret is kept as it is, for calls are signed with it."""

    webhook_id: str
    owner_id: str
    url: str
    kinds: tuple[EventKind, ...]
    create_time: datetime
    secret: str = field(repr=False)
    revision: int = 1
    disabled_time: datetime | None = None

    def wants(self, event: LibraryEvent) -> bool:
        """Whether it is called at this event; what happened before it was made is none of its business."""
        return (
            self.disabled_time is None
            and event.time >= self.create_time
            and (not self.kinds or event.kind in self.kinds)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A call that is still to be made. `attempts` counts those that were begun."""

    owner_id: str
    webhook_id: str
    event: LibraryEvent
    next_time: datetime
    first_time: datetime
    attempts: int = 0
    revision: int = 1

    @property
    def delivery_id(self) -> str:
        """One event calls one webhook once."""
        return f"{self.webhook_id}.{self.event.event_id}"

    def retry_time(self, now: datetime) -> datetime | None:
        """When to try again after a failure; None to give up."""
        pause = pause_after(self.attempts)
        return now + pause if now + pause <= self.first_time + GIVEN_UP_AFTER else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A line of the log of a webhook: `http_status` 0 if no answer came, `error` empty if all went well."""

    attempt_id: str
    owner_id: str
    webhook_id: str
    event_id: str
    attempt: int
    time: datetime
    http_status: int = 0
    error: str = ""
    next_time: datetime | None = None


def pause_after(failures: int) -> timedelta:
    """How long to wait after the n-th failure in a row."""
    return BACK_OFF[min(failures, len(BACK_OFF)) - 1]


def signature(secret: str, *, timestamp: str, body: bytes) -> str:
    """What proves that a call is ours and from then: HMAC-SHA-256 of the timestamp, a full stop and the body."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
