"""Webhooks and their calls in SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.contract.webhook_repositories import WebhookRepositoriesSuite

from tintype.catalog.adapters.sqlite_delivery import SqliteDeliveryRepository
from tintype.catalog.adapters.sqlite_webhook import SqliteWebhookRepository
from tintype.catalog.ports.webhook import DeliveryRepository, WebhookRepository
from tintype.kit.store.sqlite import Database


class TestSqliteWebhookRepositories(WebhookRepositoriesSuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[WebhookRepository, DeliveryRepository]]:
        async with Database.open(home / "library.db") as database:
            yield await SqliteWebhookRepository.open(database), await SqliteDeliveryRepository.open(database)
