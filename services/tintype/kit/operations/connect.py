"""Opens what operations, leases and the registry are kept in; the scheme of the database's URL picks the adapter."""

from __future__ import annotations

from dataclasses import dataclass

from tintype.kit.operations.adapters.sqlite import SqliteLeaseRepository, SqliteRegistryRepository
from tintype.kit.operations.adapters.stored import OPERATIONS, StoredOperationRepository
from tintype.kit.operations.ports import LeaseRepository, OperationRepository, RegistryRepository
from tintype.kit.store.shared import MONGO, shared_database, shared_mongo
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.kit.urls import Urls


@dataclass(frozen=True, slots=True)
class OperationStores:
    """The three repositories."""

    operations: OperationRepository
    leases: LeaseRepository
    registry: RegistryRepository


async def connect(urls: Urls) -> OperationStores:
    """In the installation's database. Raises InvalidUrl for a scheme without an adapter."""
    return await (_mongo(urls) if urls.database.scheme in MONGO else _sqlite(urls))


async def _sqlite(urls: Urls) -> OperationStores:
    database = await shared_database(urls)
    return OperationStores(
        StoredOperationRepository(await SqliteAggregates.open(database, OPERATIONS)),
        await SqliteLeaseRepository.open(database),
        await SqliteRegistryRepository.open(database),
    )


async def _mongo(urls: Urls) -> OperationStores:
    """The driver is imported by those who use it."""
    from tintype.kit.operations.adapters import mongo
    from tintype.kit.operations.adapters.mongo_registry import MongoRegistryRepository
    from tintype.kit.store.mongo_aggregates import MongoAggregates

    database = await shared_mongo(urls)
    return OperationStores(
        StoredOperationRepository(await MongoAggregates.open(database, mongo.OPERATIONS)),
        await mongo.MongoLeaseRepository.open(database),
        await MongoRegistryRepository.open(database),
    )
