"""Webhooks and their calls in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.mongo_database import OnMongo
from tests.contract.webhook_repositories import WebhookRepositoriesSuite

from tintype.catalog.adapters.mongo_documents import ATTEMPTS, DELIVERIES, WEBHOOKS
from tintype.catalog.adapters.stored_delivery import StoredDeliveryRepository
from tintype.catalog.adapters.stored_webhook import StoredWebhookRepository
from tintype.catalog.ports.webhook import DeliveryRepository, WebhookRepository
from tintype.kit.store.mongo_aggregates import MongoAggregates

pytestmark = pytest.mark.servers


class TestMongoWebhookRepositories(OnMongo, WebhookRepositoriesSuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[WebhookRepository, DeliveryRepository]]:
        async with self.database() as database:
            deliveries = await MongoAggregates.open(database, DELIVERIES)
            yield (
                StoredWebhookRepository(await MongoAggregates.open(database, WEBHOOKS)),
                StoredDeliveryRepository(deliveries, await MongoAggregates.open(database, ATTEMPTS)),
            )
