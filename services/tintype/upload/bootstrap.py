"""Wires upload."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tintype.blobs.connect import Store
from tintype.blobs.connect import shared as shared_blobs
from tintype.events import connect as events
from tintype.events.hear import consuming
from tintype.imaging import connect as imaging
from tintype.kit.app import App, Host
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.ids import RandomIds
from tintype.kit.operations import connect as operations
from tintype.kit.operations.leases import Leases
from tintype.kit.store.shared import MONGO, SQLITE, database_probe, shared_database, shared_mongo
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.kit.urls import InvalidUrl, Urls
from tintype.upload.adapters.clients import RpcAccounts, RpcCatalog
from tintype.upload.adapters.stored_uploads import UPLOADS, StoredUploadRepository
from tintype.upload.consumer import UploadConsumer
from tintype.upload.handlers import UploadHandlers, UploadInternalHandlers
from tintype.upload.ports import UploadRepository
from tintype.upload.service.commit import Committer
from tintype.upload.service.quota import Quota
from tintype.upload.service.upkeep import Upkeep
from tintype.upload.service.uploads import Uploads
from tintype.upload.settings import UploadSettings
from tintype.v1 import events_pb2, photo_pb2
from tintype.v1.upload_internal_service_pb2_grpc import add_UploadInternalServiceServicer_to_server
from tintype.v1.upload_service_pb2_grpc import add_UploadServiceServicer_to_server


@asynccontextmanager
async def build(urls: Urls, settings: UploadSettings, host: Host, *, clock: Clock | None = None) -> AsyncIterator[App]:
    """Upload on what the URLs say."""
    clock, ids = clock or SystemClock(), RandomIds()
    records = await open_records(urls)
    originals = await shared_blobs(urls, Store.ORIGINALS)
    pictures = await imaging.shared(urls)
    claims = (await operations.connect(urls)).leases
    leases = Leases(claims, clock, ids)
    catalog = RpcCatalog(host.peers.channel("catalog"))
    accounts = RpcAccounts(host.peers.channel("accounts"), limits_age=settings.limits_age)
    quota = Quota(accounts=accounts, catalog=catalog, uploads=records, largest_file_bytes=settings.largest_file_bytes)
    uploads = Uploads[photo_pb2.Photo](
        uploads=records,
        originals=originals,
        imaging=pictures,
        catalog=catalog,
        committer=Committer(originals=originals, catalog=catalog, claims=claims, leases=leases, step=host.step),
        quota=quota,
        clock=clock,
        ids=ids,
    )
    upkeep = Upkeep(
        uploads=records, originals=originals, catalog=catalog, accounts=accounts, leases=leases, clock=clock
    )
    stream = await events.connect(urls)
    app = App("upload", stream=stream, consume=consuming(stream))
    app.serve(add_UploadServiceServicer_to_server, UploadHandlers(uploads))
    app.serve(add_UploadInternalServiceServicer_to_server, UploadInternalHandlers(quota))
    app.subscribe(events_pb2.UserDeleted, UploadConsumer(upkeep).user_deleted)
    app.sweep("S4-uploads", "uploads that expired", every=settings.sweep_every, run=upkeep.sweep)
    app.needs(database=await database_probe(urls), blobs=originals.probe)
    yield app


async def open_records(urls: Urls) -> UploadRepository:
    """The uploads in the installation's database. Raises InvalidUrl for a scheme without an adapter."""
    if urls.database.scheme in MONGO:
        from tintype.kit.store.mongo_aggregates import MongoAggregates
        from tintype.upload.adapters import mongo_uploads

        return StoredUploadRepository(await MongoAggregates.open(await shared_mongo(urls), mongo_uploads.UPLOADS))
    if urls.database.scheme in SQLITE:
        return StoredUploadRepository(await SqliteAggregates.open(await shared_database(urls), UPLOADS))
    raise InvalidUrl(f"TINTYPE_DATABASE_URL: {urls.database.scheme}: is none of {', '.join((*SQLITE, *MONGO))}")
