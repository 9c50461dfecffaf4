"""Webhooks and their calls in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.webhook_repositories import WebhookRepositoriesSuite
from tests.webhook_builders import hooks_in

from tintype.catalog.ports.webhook import DeliveryRepository, WebhookRepository
from tintype.kit.store.sqlite import Database


class TestSqliteWebhookRepositories(WebhookRepositoriesSuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[WebhookRepository, DeliveryRepository]]:
        async with Database.open(home / "library.db") as database:
            yield await hooks_in(database)
