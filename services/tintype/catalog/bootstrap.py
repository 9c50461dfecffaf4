"""Wires the catalog."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tintype.blobs.connect import Store
from tintype.blobs.connect import shared as shared_blobs
from tintype.blobs.ports import BlobStore
from tintype.catalog.adapters.clients import RpcAccounts, RpcUploads
from tintype.catalog.adapters.http_webhook_sender import HttpWebhookSender
from tintype.catalog.adapters.owned_blobs import OwnedBlobs
from tintype.catalog.adapters.revoked_credentials import RevokedCredentials
from tintype.catalog.adapters.signed_url import SignedUrls
from tintype.catalog.adapters.stream_cursor import StreamCursors
from tintype.catalog.adapters.stream_queue import StreamAnalysisQueue
from tintype.catalog.consumer import WEBHOOKS, CatalogConsumer, WebhookConsumer
from tintype.catalog.convert.album import album_fact_to_event
from tintype.catalog.convert.fact import fact_to_event
from tintype.catalog.convert.library_event import event_body, library_event_of
from tintype.catalog.domain.stage import Stage
from tintype.catalog.handlers.albums import AlbumHandlers
from tintype.catalog.handlers.catalog import CatalogHandlers
from tintype.catalog.handlers.events import EventHandlers
from tintype.catalog.handlers.internal import CatalogInternalHandlers
from tintype.catalog.handlers.media import MediaHandlers
from tintype.catalog.handlers.media_route import PATH, MediaRoute
from tintype.catalog.handlers.messages import PhotoMessages
from tintype.catalog.handlers.operations import CatalogOperations
from tintype.catalog.ports.owned import Owned
from tintype.catalog.service.album_photos import AlbumPhotos
from tintype.catalog.service.albums import Albums
from tintype.catalog.service.analysing import Analysing
from tintype.catalog.service.batching import Batching
from tintype.catalog.service.claim_notes import ClaimNotes
from tintype.catalog.service.delivering import Delivering
from tintype.catalog.service.editing import Editing
from tintype.catalog.service.erasing import Erasing
from tintype.catalog.service.media import Media
from tintype.catalog.service.purging import Purging
from tintype.catalog.service.reading import Reading
from tintype.catalog.service.reanalysing import Reanalysing
from tintype.catalog.service.registering import Registering
from tintype.catalog.service.removing import Removing
from tintype.catalog.service.strays import Strays
from tintype.catalog.service.sweeping import Sweeping
from tintype.catalog.service.trashing import Trashing
from tintype.catalog.service.watching import Watching
from tintype.catalog.service.webhooks import Webhooks
from tintype.catalog.service.writing import PhotoWriter
from tintype.catalog.settings import CatalogSettings
from tintype.catalog.stores import Repositories, open_repositories
from tintype.events import connect as events
from tintype.events.consumer import Blocked
from tintype.events.hear import consuming, hear
from tintype.events.ports import EventStream
from tintype.kit.app import App, Host
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.ids import RandomIds
from tintype.kit.operations import connect as operations
from tintype.kit.operations.domain import ConsumerStatus, OperationKind
from tintype.kit.operations.leases import Leases
from tintype.kit.signing import Signer
from tintype.kit.steps import Step
from tintype.kit.store.shared import database_probe
from tintype.kit.urls import Urls
from tintype.v1 import events_pb2
from tintype.v1.album_service_pb2_grpc import add_AlbumServiceServicer_to_server
from tintype.v1.catalog_internal_service_pb2_grpc import add_CatalogInternalServiceServicer_to_server
from tintype.v1.catalog_service_pb2_grpc import add_CatalogServiceServicer_to_server
from tintype.v1.event_service_pb2_grpc import add_EventServiceServicer_to_server
from tintype.v1.media_service_pb2_grpc import add_MediaServiceServicer_to_server


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is kept or asked."""

    kept: Repositories
    originals: BlobStore
    derived: BlobStore
    stream: EventStream
    leases: Leases
    notes: ClaimNotes
    accounts: RpcAccounts
    uploads: RpcUploads
    writer: PhotoWriter
    clock: Clock


@asynccontextmanager
async def build(urls: Urls, settings: CatalogSettings, host: Host, *, clock: Clock | None = None) -> AsyncIterator[App]:
    """The catalog on what the URLs say."""
    stores = await _open(urls, settings, host, clock or SystemClock())
    registering = Registering(stores.kept.photos, stores.writer, stores.accounts, stores.uploads, stores.clock)
    reading = Reading(stores.kept.photos, stores.kept.results)
    removing = _removing(stores, settings, host.step)
    trashing = Trashing(stores.kept.photos, stores.writer, removing)
    analysing, reanalysing = _analysing(stores, settings, host)
    secret = host.settings.read_service_secret()
    signed = SignedUrls(Signer(secret, "media"), stores.clock, http_url=host.http_url, age=settings.media_url_age)
    messages = PhotoMessages(signed, retention=settings.trash_retention)
    app = App("catalog", stream=stores.stream, consume=consuming(stores.stream))
    cursors = _add_events(app, stores, settings, Signer(secret, "cursor"))
    handlers = CatalogHandlers(
        reading=reading,
        registering=registering,
        editing=Editing(stores.writer),
        trashing=trashing,
        analysing=analysing,
        operations=host.operations,
        messages=messages,
        cursors=cursors,
    )
    app.serve(add_CatalogServiceServicer_to_server, handlers)
    albums, album_photos = _add_albums(app, stores, settings, messages)
    internal = CatalogInternalHandlers(
        registering=registering,
        analysing=analysing,
        reading=reading,
        albums=albums,
        media=_add_media(app, stores, host, signed),
        retention=settings.trash_retention,
    )
    app.serve(add_CatalogInternalServiceServicer_to_server, internal)
    app.publish(stores.kept.photo_facts, fact_to_event, clock=stores.clock, step=host.step)
    app.subscribe(events_pb2.UserDeleted, CatalogConsumer(_erasing(stores, host.step)).user_deleted)
    app.statistics(reading.statistics_by_name)
    app.needs(database=await database_probe(urls), events=stores.stream.state, blobs=stores.originals.probe)
    _add_operations(app, stores, host, settings, trashing, reanalysing, album_photos)
    _add_sweeps(app, stores, settings, removing)
    yield app


def _analysing(stores: Stores, settings: CatalogSettings, host: Host) -> tuple[Analysing, Reanalysing]:
    reanalysing = Reanalysing(stores.kept.photos, stores.kept.models, stores.writer, host.operations)
    analysing = Analysing(
        stores.kept.photos,
        stores.kept.results,
        stores.kept.models,
        stores.writer,
        after_ready=[stage for stage, on in ((Stage.TEXT, settings.text), (Stage.CAPTION, settings.caption)) if on],
        switched=reanalysing.start,
        step=host.step,
    )
    return analysing, reanalysing


def _add_operations(
    app: App,
    stores: Stores,
    host: Host,
    settings: CatalogSettings,
    trashing: Trashing,
    reanalysing: Reanalysing,
    albums: AlbumPhotos,
) -> None:
    purging = Purging(stores.kept.photos, trashing, host.operations, stores.clock, retention=settings.trash_retention)
    work = CatalogOperations(
        batching=Batching(stores.kept.photos),
        editing=Editing(stores.writer),
        trashing=trashing,
        purging=purging,
        reanalysing=reanalysing,
        add_to_album=albums.add,
    )
    app.operation(OperationKind.BATCH, work.batch)
    app.operation(OperationKind.PURGE_TRASH, work.purge_trash)
    app.operation(OperationKind.REANALYSE, work.reanalyse)
    app.sweep("models", "stages of old models", every=settings.outdated_every, run=reanalysing.ask_outdated)
    app.sweep("purge", "trash older than it is kept", every=settings.purge_every, run=purging.start_due)


async def _open(urls: Urls, settings: CatalogSettings, host: Host, clock: Clock) -> Stores:
    kept, leases = await open_repositories(urls, clock), (await operations.connect(urls)).leases
    return Stores(
        kept=kept,
        originals=await shared_blobs(urls, Store.ORIGINALS),
        derived=await shared_blobs(urls, Store.DERIVED),
        stream=await events.connect(urls),
        leases=Leases(leases, clock, RandomIds()),
        notes=ClaimNotes(leases, clock),
        accounts=RpcAccounts(host.peers.channel("accounts"), limits_age=settings.limits_age),
        uploads=RpcUploads(host.peers.channel("upload")),
        writer=PhotoWriter(kept.photos, clock),
        clock=clock,
    )


def _add_albums(
    app: App, stores: Stores, settings: CatalogSettings, messages: PhotoMessages
) -> tuple[Albums, AlbumPhotos]:
    albums = Albums(stores.kept.albums, stores.kept.photos, stores.clock, RandomIds())
    photos = AlbumPhotos(albums, stores.kept.albums, stores.kept.photos, stores.writer, stores.clock)
    app.serve(add_AlbumServiceServicer_to_server, AlbumHandlers(albums, photos, messages))
    app.publish(stores.kept.album_facts, album_fact_to_event, clock=stores.clock)
    app.background("albums", photos.clear_as_deleted)
    app.sweep("albums", "photos in deleted albums", every=settings.albums_every, run=photos.clear_deleted)
    return albums, photos


def _add_media(app: App, stores: Stores, host: Host, urls: SignedUrls) -> Media:
    media = Media(
        photos=stores.kept.photos,
        originals=stores.originals,
        derived=stores.derived,
        urls=urls,
        credentials=RevokedCredentials(host.revocations),
        clock=stores.clock,
    )
    route = MediaRoute(media)
    app.serve(add_MediaServiceServicer_to_server, MediaHandlers(media))
    app.route("GET", PATH, route.serve)
    app.route("HEAD", PATH, route.serve)
    return media


def _add_events(app: App, stores: Stores, settings: CatalogSettings, signer: Signer) -> StreamCursors:
    cursors = StreamCursors(stores.stream, signer)
    sender = HttpWebhookSender(settings.webhook_private_networks)
    webhooks = Webhooks(stores.kept.webhooks, stores.kept.deliveries, sender, stores.clock, RandomIds())
    delivering = Delivering(
        stores.kept.webhooks, stores.kept.deliveries, webhooks, sender, stores.clock, RandomIds(), body=event_body
    )
    watching = Watching(stores.stream, cursors, read_event=library_event_of)
    hearings, blocked = WebhookConsumer(delivering).hearings, Blocked()
    app.serve(add_EventServiceServicer_to_server, EventHandlers(watching, webhooks))
    app.background("webhooks", delivering.run)
    app.background(WEBHOOKS, lambda: hear(stores.stream, WEBHOOKS, hearings, blocked=blocked))
    app.consumers(lambda: [ConsumerStatus(WEBHOOKS, blocked.by)])
    app.sweep("webhooks", "the log of webhooks", every=settings.webhook_log_every, run=delivering.sweep)
    return cursors


def _removing(stores: Stores, settings: CatalogSettings, step: Step) -> Removing:
    return Removing(
        photos=stores.kept.photos,
        results=stores.kept.results,
        originals=stores.originals,
        derived=stores.derived,
        writer=stores.writer,
        leases=stores.leases,
        notes=stores.notes,
        clock=stores.clock,
        retention=settings.tombstone_retention,
        step=step,
    )


def _erasing(stores: Stores, step: Step) -> Erasing:
    owned: dict[str, Owned] = {
        "photos": stores.kept.photos,
        "albums": stores.kept.albums,
        "webhooks": stores.kept.webhooks,
        "deliveries": stores.kept.deliveries,
        "results": stores.kept.results,
        "originals": OwnedBlobs(stores.originals),
        "derived": OwnedBlobs(stores.derived),
    }
    return Erasing(owned, stores.accounts, step=step)


def _strays(stores: Stores, settings: CatalogSettings) -> Strays:
    return Strays(
        photos=stores.kept.photos,
        derived=stores.derived,
        leases=stores.leases,
        clock=stores.clock,
        strays_after=settings.strays_after,
    )


def _add_sweeps(app: App, stores: Stores, settings: CatalogSettings, removing: Removing) -> None:
    sweeping = Sweeping(
        photos=stores.kept.photos,
        results=stores.kept.results,
        originals=stores.originals,
        derived=stores.derived,
        queue=StreamAnalysisQueue(stores.stream),
        notes=stores.notes,
        writer=stores.writer,
        clock=stores.clock,
        lost_after=settings.lost_after,
        orphaned_after=settings.orphaned_after,
    )
    app.sweep("S2", "stages whose job was lost", every=settings.unasked_every, run=sweeping.ask_once_more)
    app.sweep("S4-photos", "what deleted photos left", every=settings.remains_every, run=removing.sweep)
    app.sweep("S4-derived", "thumbnails of no photo", every=settings.strays_every, run=_strays(stores, settings).remove)
    app.sweep("S5", "originals missing, short or others", every=settings.originals_every, run=sweeping.check_originals)
    app.sweep("S5-derived", "thumbnails missing", every=settings.originals_every, run=sweeping.check_derived)
    app.sweep("S5-claimed", "originals claimed an hour ago", every=settings.claimed_every, run=sweeping.check_claimed)
    app.sweep("S8", "results that no photo names", every=settings.orphans_every, run=sweeping.remove_orphans)
