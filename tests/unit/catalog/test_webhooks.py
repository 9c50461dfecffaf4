"""Webhooks over their use cases, with a receiver that does what a test says."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import OTHER, OWNER
from tests.clocks import NOON, FixedClock
from tests.webhook_builders import hooks_in, make_event

from tintype.catalog.adapters.stored_delivery import StoredDeliveryRepository
from tintype.catalog.adapters.stored_webhook import StoredWebhookRepository
from tintype.catalog.convert.library_event import event_body
from tintype.catalog.domain.library_event import EventKind
from tintype.catalog.domain.webhook import GIVEN_UP_AFTER, LOG_KEPT, MAX_WEBHOOKS, Attempt
from tintype.catalog.ports.webhook import SendFailed, WebhookNotFound, WebhookUrlRefused
from tintype.catalog.service.albums import RequestIdReused
from tintype.catalog.service.delivering import CLAIM, Delivering
from tintype.catalog.service.webhooks import TooManyWebhooks, Webhooks
from tintype.kit.ids import RandomIds
from tintype.kit.store.sqlite import Database

URL = "https://hooks.example/one"


@dataclass
class Receiver:
    """WebhookSender that remembers what it was sent; `answers` are its next answers, 0 for none."""

    sent: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    always: int = 200
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def check(self, url: str) -> None:
        if not url.startswith("https://"):
            raise WebhookUrlRefused("it wants https")

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        self.sent.append((url, headers, body))
        if self.meanwhile is not None:
            await self.meanwhile()
        status = self.answers.pop(0) if self.answers else self.always
        if status == 0:
            raise SendFailed("no connection")
        return status


@dataclass
class HookWorld:
    webhooks: Webhooks
    delivering: Delivering
    receiver: Receiver
    clock: FixedClock
    deliveries: StoredDeliveryRepository
    stored: StoredWebhookRepository

    async def hook(
        self, *, owner_id: str = OWNER, url: str = URL, kinds: tuple[EventKind, ...] = (), request_id: str = ""
    ) -> tuple[str, str]:
        webhook, secret = await self.webhooks.create_webhook(
            owner_id=owner_id, url=url, kinds=kinds, request_id=request_id
        )
        return webhook.webhook_id, secret

    async def log(self, webhook_id: str) -> list[Attempt]:
        page = await self.webhooks.list_deliveries(owner_id=OWNER, webhook_id=webhook_id, limit=99, after=())
        return list(page.attempts)

    async def later(self, span: timedelta) -> int:
        """Let time pass and calls be made; returns how many."""
        before = len(self.receiver.sent)
        self.clock.pass_(span)
        await self.delivering.deliver_due()
        return len(self.receiver.sent) - before

    def restarted(self) -> HookWorld:
        """Another process on the same store."""
        return _world(self.stored, self.deliveries, self.receiver, self.clock)


def _world(
    stored: StoredWebhookRepository, deliveries: StoredDeliveryRepository, receiver: Receiver, clock: FixedClock
) -> HookWorld:
    webhooks = Webhooks(stored, deliveries, receiver, clock, RandomIds())
    delivering = Delivering(stored, deliveries, webhooks, receiver, clock, RandomIds(), body=event_body)
    return HookWorld(webhooks, delivering, receiver, clock, deliveries, stored)


@pytest.fixture
async def hooks(tmp_path: Path) -> AsyncIterator[HookWorld]:
    async with Database.open(tmp_path / "library.db") as database:
        stored, deliveries = await hooks_in(database)
        yield _world(stored, deliveries, Receiver(), FixedClock())


async def test_an_event_calls_the_address_signed_with_the_secret_shown_once(hooks: HookWorld) -> None:
    webhook_id, secret = await hooks.hook()
    await hooks.delivering.hear(make_event())
    assert await hooks.later(timedelta(0)) == 1
    url, headers, body = hooks.receiver.sent[0]
    proof = hmac.new(secret.encode(), headers["tintype-timestamp"].encode() + b"." + body, hashlib.sha256)
    assert (url, headers["tintype-event-id"]) == (URL, "event-1")
    assert headers["tintype-signature"] == f"sha256={proof.hexdigest()}"
    assert headers["tintype-timestamp"] == str(int(NOON.timestamp()))
    assert b'"photoId": "photo-1"' in body
    assert [(each.attempt, each.http_status, each.error) for each in await hooks.log(webhook_id)] == [(1, 200, "")]
    assert await hooks.later(timedelta(days=9)) == 0


async def test_only_chosen_kinds_of_the_own_library_from_now_on_are_told(hooks: HookWorld) -> None:
    await hooks.hook(kinds=(EventKind.PHOTO_READY,))
    await hooks.delivering.hear(make_event("other kind"))
    await hooks.delivering.hear(make_event("other owner", owner_id=OTHER, kind=EventKind.PHOTO_READY))
    await hooks.delivering.hear(make_event("before", kind=EventKind.PHOTO_READY, time=NOON - timedelta(milliseconds=1)))
    await hooks.delivering.hear(make_event("wanted", kind=EventKind.PHOTO_READY))
    await hooks.later(timedelta(0))
    assert [headers["tintype-event-id"] for _, headers, _ in hooks.receiver.sent] == ["wanted"]


async def test_a_fact_that_is_heard_twice_calls_once(hooks: HookWorld) -> None:
    await hooks.hook()
    await hooks.delivering.hear(make_event())
    await hooks.delivering.hear(make_event())
    assert await hooks.later(timedelta(0)) == 1


async def test_a_failed_call_is_made_again_later_and_later_over_restarts(hooks: HookWorld) -> None:
    webhook_id, _ = await hooks.hook()
    hooks.receiver.answers = [0, 500, 302]
    await hooks.delivering.hear(make_event())
    assert await hooks.later(timedelta(0)) == 1
    assert await hooks.later(timedelta(seconds=59)) == 0
    assert await hooks.restarted().later(timedelta(seconds=1)) == 1
    assert await hooks.restarted().later(timedelta(minutes=4)) == 0
    assert await hooks.restarted().later(timedelta(minutes=1)) == 1
    assert await hooks.restarted().later(timedelta(minutes=30)) == 1
    assert [each.error for each in await hooks.log(webhook_id)] == [
        "",
        "the answer was 302",
        "the answer was 500",
        "no connection",
    ]
    assert await hooks.restarted().later(timedelta(days=9)) == 0


async def test_an_address_that_is_down_is_not_stormed(hooks: HookWorld) -> None:
    await hooks.hook()
    hooks.receiver.always = 500
    for number in range(20):
        await hooks.delivering.hear(make_event(f"event-{number}"))
    assert [await hooks.later(timedelta(seconds=5)) for _ in range(6)] == [1, 0, 0, 0, 0, 0]
    hooks.receiver.always = 200
    assert await hooks.later(timedelta(minutes=1)) == 20


async def test_one_address_that_is_down_does_not_keep_others_waiting(hooks: HookWorld) -> None:
    await hooks.hook()
    await hooks.hook(url="https://hooks.example/two")
    hooks.receiver.answers = [0]
    await hooks.delivering.hear(make_event())
    assert await hooks.later(timedelta(0)) == 2


async def test_after_three_days_it_is_disabled_and_forgets_what_waits(hooks: HookWorld) -> None:
    webhook_id, _ = await hooks.hook()
    hooks.receiver.always = 0
    await hooks.delivering.hear(make_event())
    calls = 0
    for _ in range(4 * 24):
        calls += await hooks.later(timedelta(hours=1))
    (webhook,) = await hooks.webhooks.list_webhooks(owner_id=OWNER)
    assert webhook.disabled_time is not None
    assert webhook.disabled_time - NOON <= GIVEN_UP_AFTER
    assert 8 <= calls <= 12
    assert await hooks.deliveries.count_waiting(owner_id=OWNER, webhook_id=webhook_id) == 0
    assert len(await hooks.log(webhook_id)) == calls
    await hooks.delivering.hear(make_event("event-2", time=hooks.clock.now()))
    assert await hooks.later(timedelta(0)) == 0


async def test_a_call_that_a_crash_cut_off_is_made_again(hooks: HookWorld) -> None:
    webhook_id, _ = await hooks.hook()
    await hooks.delivering.hear(make_event())
    (claimed,) = await hooks.deliveries.due(owner_id=OWNER, webhook_id=webhook_id, until=NOON, limit=9)
    claimed_elsewhere = await hooks.deliveries.replace(replace(claimed, next_time=NOON + CLAIM))
    assert await hooks.later(timedelta(0)) == 0
    assert claimed_elsewhere.revision == 2
    assert await hooks.later(CLAIM) == 1


async def test_a_repeated_request_meets_its_webhook_without_the_secret(hooks: HookWorld) -> None:
    webhook_id, secret = await hooks.hook(request_id="r")
    assert secret
    assert await hooks.hook(request_id="r") == (webhook_id, "")
    with pytest.raises(RequestIdReused):
        await hooks.hook(request_id="r", url="https://hooks.example/two")


async def test_a_user_has_at_most_twenty(hooks: HookWorld) -> None:
    for _ in range(MAX_WEBHOOKS):
        await hooks.hook()
    with pytest.raises(TooManyWebhooks):
        await hooks.hook()
    await hooks.hook(owner_id=OTHER)


async def test_a_refused_address_is_not_kept(hooks: HookWorld) -> None:
    with pytest.raises(WebhookUrlRefused):
        await hooks.hook(url="http://hooks.example/one")
    assert await hooks.webhooks.list_webhooks(owner_id=OWNER) == []


async def test_a_deleted_webhook_is_not_called(hooks: HookWorld) -> None:
    webhook_id, _ = await hooks.hook()
    await hooks.delivering.hear(make_event())
    with pytest.raises(WebhookNotFound):
        await hooks.webhooks.delete_webhook(owner_id=OTHER, webhook_id=webhook_id)
    await hooks.webhooks.delete_webhook(owner_id=OWNER, webhook_id=webhook_id)
    assert await hooks.later(timedelta(0)) == 0
    with pytest.raises(WebhookNotFound):
        await hooks.log(webhook_id)


async def test_an_owner_who_is_erased_during_a_call_leaves_nothing(hooks: HookWorld) -> None:
    await hooks.hook()

    async def erase() -> None:
        await hooks.stored.remove_owner(OWNER)
        await hooks.deliveries.remove_owner(OWNER)

    hooks.receiver.meanwhile = erase
    await hooks.delivering.hear(make_event())
    assert await hooks.later(timedelta(0)) == 1
    assert await hooks.deliveries.count_owner(OWNER) == 0


async def test_the_log_is_kept_for_a_week(hooks: HookWorld) -> None:
    webhook_id, _ = await hooks.hook()
    await hooks.delivering.hear(make_event())
    await hooks.later(timedelta(0))
    hooks.clock.pass_(LOG_KEPT - timedelta(seconds=1))
    assert await hooks.delivering.sweep() == 0
    hooks.clock.pass_(timedelta(seconds=1))
    assert await hooks.delivering.sweep() == 1
    assert await hooks.log(webhook_id) == []
