"""Webhooks and their calls in MongoDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.contract.mongo_database import OnMongo
from tests.contract.webhook_repositories import WebhookRepositoriesSuite

from tintype.catalog.adapters.mongo_delivery import MongoDeliveryRepository
from tintype.catalog.adapters.mongo_webhook import MongoWebhookRepository
from tintype.catalog.ports.webhook import DeliveryRepository, WebhookRepository

pytestmark = pytest.mark.servers


class TestMongoWebhookRepositories(OnMongo, WebhookRepositoriesSuite):
    @asynccontextmanager
    async def connect(self, home: Path) -> AsyncIterator[tuple[WebhookRepository, DeliveryRepository]]:
        async with self.database() as database:
            yield await MongoWebhookRepository.open(database), await MongoDeliveryRepository.open(database)
