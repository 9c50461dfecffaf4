"""Opens what the catalog keeps; the scheme of the database's URL picks the adapter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tintype.catalog.adapters.sqlite_photo import SqlitePhotoRepository
from tintype.catalog.adapters.sqlite_result import SqliteResultRepository
from tintype.catalog.adapters.stored_album import ALBUMS, StoredAlbumRepository
from tintype.catalog.adapters.stored_delivery import ATTEMPTS, DELIVERIES, StoredDeliveryRepository
from tintype.catalog.adapters.stored_model import WANTED, StoredWantedModelsRepository
from tintype.catalog.adapters.stored_webhook import WEBHOOKS, StoredWebhookRepository
from tintype.catalog.domain.album import AlbumChanged
from tintype.catalog.domain.fact import PhotoFact
from tintype.catalog.ports.album import AlbumRepository
from tintype.catalog.ports.model import WantedModelsRepository
from tintype.catalog.ports.photo import PhotoRepository
from tintype.catalog.ports.result import ResultRepository
from tintype.catalog.ports.webhook import DeliveryRepository, WebhookRepository
from tintype.kit.clock import Clock
from tintype.kit.outbox import Outbox
from tintype.kit.store.shared import MONGO, SQLITE, shared_database, shared_mongo
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.kit.urls import InvalidUrl, Urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Repositories:
    """Everything that the catalog keeps in its database, and the facts that wait there to be published."""

    photos: PhotoRepository
    photo_facts: Outbox[PhotoFact]
    albums: AlbumRepository
    album_facts: Outbox[AlbumChanged]
    webhooks: WebhookRepository
    deliveries: DeliveryRepository
    results: ResultRepository
    models: WantedModelsRepository


async def open_repositories(urls: Urls, clock: Clock) -> Repositories:
    """In the installation's database. Raises InvalidUrl for a scheme without an adapter."""
    opener = _OPENERS.get(urls.database.scheme)
    if opener is None:
        known = ", ".join(sorted(_OPENERS))
        raise InvalidUrl(f"TINTYPE_DATABASE_URL: {urls.database.scheme}: is none of {known}")
    return await opener(urls, clock)


async def _sqlite(urls: Urls, clock: Clock) -> Repositories:
    database = await shared_database(urls)
    photos = await SqlitePhotoRepository.open(database, clock=clock)
    albums = StoredAlbumRepository(await SqliteAggregates.open(database, ALBUMS, clock=clock))
    deliveries = await SqliteAggregates.open(database, DELIVERIES)
    return Repositories(
        photos=photos,
        photo_facts=photos.outbox,
        albums=albums,
        album_facts=albums.outbox,
        webhooks=StoredWebhookRepository(await SqliteAggregates.open(database, WEBHOOKS)),
        deliveries=StoredDeliveryRepository(deliveries, await SqliteAggregates.open(database, ATTEMPTS)),
        results=await SqliteResultRepository.open(database, clock=clock),
        models=StoredWantedModelsRepository(await SqliteAggregates.open(database, WANTED)),
    )


async def _mongo(urls: Urls, clock: Clock) -> Repositories:
    """The driver is imported by those who use it."""
    from tintype.catalog.adapters import mongo_documents as documents
    from tintype.catalog.adapters.mongo_photo import MongoPhotoRepository
    from tintype.catalog.adapters.mongo_result import MongoResultRepository
    from tintype.kit.store.mongo_aggregates import MongoAggregates

    database = await shared_mongo(urls)
    photos = await MongoPhotoRepository.open(database, clock=clock)
    albums = StoredAlbumRepository(await MongoAggregates.open(database, documents.ALBUMS, clock=clock))
    deliveries = await MongoAggregates.open(database, documents.DELIVERIES)
    return Repositories(
        photos=photos,
        photo_facts=photos.outbox,
        albums=albums,
        album_facts=albums.outbox,
        webhooks=StoredWebhookRepository(await MongoAggregates.open(database, documents.WEBHOOKS)),
        deliveries=StoredDeliveryRepository(deliveries, await MongoAggregates.open(database, documents.ATTEMPTS)),
        results=await MongoResultRepository.open(database, clock=clock),
        models=StoredWantedModelsRepository(await MongoAggregates.open(database, documents.WANTED)),
    )


_OPENERS: Final[Mapping[str, Callable[[Urls, Clock], Awaitable[Repositories]]]] = {
    **dict.fromkeys(SQLITE, _sqlite),
    **dict.fromkeys(MONGO, _mongo),
}
