"""What every WebhookRepository and DeliveryRepository must do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from tests.builders import OTHER, OWNER
from tests.clocks import NOON
from tests.webhook_builders import make_attempt, make_delivery, make_webhook

from tintype.catalog.domain.library_event import EventKind
from tintype.catalog.ports.webhook import (
    DeliveryExists,
    DeliveryRepository,
    DeliveryTaken,
    WebhookConflict,
    WebhookExists,
    WebhookNotFound,
    WebhookRepository,
)

HOUR: Final = timedelta(hours=1)


class WebhookRepositoriesSuite(ABC):
    @abstractmethod
    def connect(self, home: Path) -> AbstractAsyncContextManager[tuple[WebhookRepository, DeliveryRepository]]:
        """Open both in this folder."""

    @pytest.fixture
    async def opened(self, tmp_path: Path) -> AsyncIterator[tuple[WebhookRepository, DeliveryRepository]]:
        async with self.connect(tmp_path) as opened:
            yield opened

    @pytest.fixture
    def webhooks(self, opened: tuple[WebhookRepository, DeliveryRepository]) -> WebhookRepository:
        return opened[0]

    @pytest.fixture
    def deliveries(self, opened: tuple[WebhookRepository, DeliveryRepository]) -> DeliveryRepository:
        return opened[1]

    async def test_a_webhook_comes_back_as_it_was(self, webhooks: WebhookRepository) -> None:
        webhook = make_webhook(kinds=(EventKind.PHOTO_READY,), disabled_time=NOON)
        await webhooks.add(webhook)
        assert await webhooks.load(owner_id=OWNER, webhook_id=webhook.webhook_id) == webhook
        with pytest.raises(WebhookExists):
            await webhooks.add(webhook)

    async def test_another_owner_finds_no_webhook(self, webhooks: WebhookRepository) -> None:
        await webhooks.add(webhook := make_webhook())
        with pytest.raises(WebhookNotFound):
            await webhooks.load(owner_id=OTHER, webhook_id=webhook.webhook_id)
        assert await webhooks.of_owner(OTHER) == []

    async def test_webhooks_come_oldest_first(self, webhooks: WebhookRepository) -> None:
        for hour, name in ((2, "b"), (1, "a"), (3, "c")):
            await webhooks.add(make_webhook(name, create_time=NOON + hour * HOUR))
        assert [each.webhook_id for each in await webhooks.of_owner(OWNER)] == ["a", "b", "c"]

    async def test_an_older_revision_of_a_webhook_is_refused(self, webhooks: WebhookRepository) -> None:
        await webhooks.add(webhook := make_webhook())
        assert (await webhooks.replace(replace(webhook, disabled_time=NOON))).revision == 2
        with pytest.raises(WebhookConflict):
            await webhooks.replace(webhook)
        with pytest.raises(WebhookConflict):
            await webhooks.remove(webhook)

    async def test_a_webhook_is_called_once_for_an_event(self, deliveries: DeliveryRepository) -> None:
        await deliveries.add(make_delivery())
        with pytest.raises(DeliveryExists):
            await deliveries.add(make_delivery(next_time=NOON + HOUR))
        await deliveries.add(make_delivery(webhook_id="hook-2"))

    async def test_of_two_that_claim_a_call_one_gets_it(self, deliveries: DeliveryRepository) -> None:
        await deliveries.add(delivery := make_delivery())
        await deliveries.replace(replace(delivery, next_time=NOON + HOUR))
        with pytest.raises(DeliveryTaken):
            await deliveries.replace(delivery)
        with pytest.raises(DeliveryTaken):
            await deliveries.remove(delivery)

    async def test_calls_come_when_they_are_due_longest_due_first(self, deliveries: DeliveryRepository) -> None:
        for hour, name in ((1, "b"), (0, "a"), (2, "late")):
            await deliveries.add(make_delivery(name, next_time=NOON + hour * HOUR))
        until = NOON + HOUR
        due = await deliveries.due(owner_id=OWNER, webhook_id="hook-1", until=until, limit=9)
        assert [each.event.event_id for each in due] == ["a", "b"]
        assert due[0] == make_delivery("a")
        assert await deliveries.due_webhooks(until=until, limit=9) == [(OWNER, "hook-1")]
        assert await deliveries.due_webhooks(until=NOON - HOUR, limit=9) == []
        assert await deliveries.count_waiting(owner_id=OWNER, webhook_id="hook-1") == 3

    async def test_the_log_comes_newest_first_page_by_page(self, deliveries: DeliveryRepository) -> None:
        for hour in range(3):
            attempt = make_attempt(f"a{hour}", time=NOON + hour * HOUR, error="x", next_time=NOON)
            await deliveries.add_attempt(attempt)
        first = await deliveries.page_attempts(owner_id=OWNER, webhook_id="hook-1", limit=2)
        assert first.after is not None
        rest = await deliveries.page_attempts(owner_id=OWNER, webhook_id="hook-1", limit=2, after=first.after)
        assert [each.attempt_id for each in (*first.attempts, *rest.attempts)] == ["a2", "a1", "a0"]
        assert rest.attempts[0] == make_attempt("a0", error="x", next_time=NOON)
        other = await deliveries.page_attempts(owner_id=OTHER, webhook_id="hook-1", limit=2)
        assert list(other.attempts) == []

    async def test_old_lines_of_the_log_go(self, deliveries: DeliveryRepository) -> None:
        await deliveries.add_attempt(make_attempt("old"))
        await deliveries.add_attempt(make_attempt("new", time=NOON + HOUR))
        assert await deliveries.remove_attempts(until=NOON) == 1
        page = await deliveries.page_attempts(owner_id=OWNER, webhook_id="hook-1", limit=9)
        assert [each.attempt_id for each in page.attempts] == ["new"]

    async def test_the_calls_of_a_webhook_go_with_or_without_the_log(self, deliveries: DeliveryRepository) -> None:
        await deliveries.add(make_delivery())
        await deliveries.add(make_delivery(webhook_id="hook-2"))
        await deliveries.add_attempt(make_attempt())
        await deliveries.remove_webhook(owner_id=OWNER, webhook_id="hook-1", log=False)
        assert await deliveries.count_owner(OWNER) == 2
        await deliveries.remove_webhook(owner_id=OWNER, webhook_id="hook-1", log=True)
        assert await deliveries.count_owner(OWNER) == 1

    async def test_an_owner_leaves_nothing(self, webhooks: WebhookRepository, deliveries: DeliveryRepository) -> None:
        for owner_id in (OWNER, OTHER):
            await webhooks.add(make_webhook(owner_id=owner_id))
            await deliveries.add(make_delivery(owner_id=owner_id))
            await deliveries.add_attempt(make_attempt(owner_id=owner_id))
        assert (await webhooks.remove_owner(OWNER), await deliveries.remove_owner(OWNER)) == (1, 2)
        assert (await webhooks.count_owner(OWNER), await deliveries.count_owner(OWNER)) == (0, 0)
        assert (await webhooks.count_owner(OTHER), await deliveries.count_owner(OTHER)) == (1, 2)
