"""Every page and count that repositories have on MongoDB, for tests of the indexes that serve them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, cast

from tests.builders import OWNER
from tests.clocks import NOON, FixedClock
from tests.mongo_plans import TakenDown

from tintype.accounts.adapters import mongo_documents as accounts_documents
from tintype.accounts.adapters.stored_keys import StoredApiKeyRepository
from tintype.accounts.adapters.stored_sessions import StoredSessionRepository
from tintype.accounts.adapters.stored_users import StoredUserRepository
from tintype.catalog.adapters.mongo_documents import (
    ALBUMS,
    ATTEMPTS,
    DELIVERIES,
    WEBHOOKS,
    AlbumDocument,
    AttemptDocument,
    DeliveryDocument,
    WebhookDocument,
)
from tintype.catalog.adapters.mongo_photo import MongoPhotoRepository
from tintype.catalog.adapters.mongo_photo_shape import PHOTOS, PhotoDocument
from tintype.catalog.adapters.mongo_result import MongoResultRepository, ResultDocument
from tintype.catalog.adapters.stored_album import StoredAlbumRepository
from tintype.catalog.adapters.stored_delivery import StoredDeliveryRepository
from tintype.catalog.adapters.stored_webhook import StoredWebhookRepository
from tintype.catalog.domain.photo_filter import Inclusion, PhotoFilter, PhotoOrder, SetMatch
from tintype.catalog.domain.result import ResultKey
from tintype.catalog.domain.stage import PhotoState, Stage
from tintype.catalog.ports.photo import PageKey
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.mongo import OPERATIONS, OperationDocument
from tintype.kit.operations.adapters.stored import StoredOperationRepository
from tintype.kit.operations.domain import OperationKind
from tintype.kit.operations.ports import Task
from tintype.kit.store.mongo import Collection, Keyed
from tintype.kit.store.mongo_aggregates import MongoAggregates
from tintype.kit.store.mongo_shape import MongoShape
from tintype.upload.adapters import mongo_uploads
from tintype.upload.adapters.stored_uploads import StoredUploadRepository

FIRST: Final[PageKey] = ()
Pages = Callable[[TakenDown], Awaitable[None]]

FILTERS: Final = [
    PhotoFilter(),
    PhotoFilter(favourite=True),
    PhotoFilter(states=(PhotoState.READY,)),
    PhotoFilter(tags=SetMatch(all_of=("sea",))),
    PhotoFilter(trashed=Inclusion.ONLY),
    PhotoFilter(archived=Inclusion.INCLUDED),
    PhotoFilter(after=NOON, before=NOON + timedelta(days=1)),
]


def on(taken_down: TakenDown, shape: MongoShape[Any, Any]) -> MongoAggregates[Any, Any]:
    return MongoAggregates(cast(Collection, taken_down), shape, RandomIds(), FixedClock())


async def photo_pages(down: TakenDown) -> None:
    photos = MongoPhotoRepository(on(down, PHOTOS))
    for filter in FILTERS:
        for order in PhotoOrder:
            for oldest_first in (False, True):
                for after in (FIRST, (5, "p")):
                    await photos.page(
                        OWNER, filter=filter, order=order, oldest_first=oldest_first, limit=9, after=after
                    )
    for by_capture in (False, True):
        for last_first in (False, True):
            for after in (FIRST, (7, "p")):
                await photos.page_album(
                    OWNER, "a.b$", by_capture=by_capture, last_first=last_first, limit=9, after=after
                )
    for after in (FIRST, (5, OWNER, "p")):
        await photos.page_trashed(until=NOON, limit=9, after=after)
        await photos.page_tombstones(until=NOON, content_left=True, limit=9, after=after)
        await photos.page_pending(until=NOON, limit=9, after=after)
        await photos.page_all(limit=9, after=after[1:])
        await photos.page_all(owner_id=OWNER, limit=9, after=after[2:])
    await photos.count_owner(OWNER)
    await photos.count_album(OWNER, "a")
    await photos.outbox.unpublished(older_than=NOON, limit=9)
    await photos.outbox.count_unpublished(older_than=NOON)
    await photos.count_days(OWNER, archived=True)
    await photos.count_tags(OWNER, prefix="", limit=9, skip=0)
    await photos.usage(OWNER)
    await photos.statistics()


async def album_pages(down: TakenDown) -> None:
    albums = StoredAlbumRepository(on(down, ALBUMS))
    for after in (FIRST, (5, OWNER, "a")):
        await albums.page_deleted(limit=9, after=after)
        await albums.page(OWNER, limit=9, after=after[:1])
    await albums.page(OWNER, limit=9, after=(5, "a"))
    await albums.count_owner(OWNER)
    await albums.outbox.unpublished(older_than=NOON, limit=9)


async def result_pages(down: TakenDown) -> None:
    results = MongoResultRepository(cast(Collection, down), FixedClock())
    await results.page_keys(until=NOON, limit=9)
    await results.page_keys(until=NOON, limit=9, after=(OWNER, ResultKey("p", Stage.EMBED, "m", "j")))
    await results.count_owner(OWNER)


async def webhook_pages(down: TakenDown) -> None:
    webhooks = StoredWebhookRepository(on(down, WEBHOOKS))
    await webhooks.of_owner(OWNER)
    await webhooks.count_owner(OWNER)


async def delivery_pages(down: TakenDown) -> None:
    deliveries = StoredDeliveryRepository(on(down, DELIVERIES), on(TakenDown(), ATTEMPTS))
    await deliveries.due(owner_id=OWNER, webhook_id="w", until=NOON, limit=9)
    await deliveries.count_waiting(owner_id=OWNER, webhook_id="w")
    await deliveries.due_webhooks(until=NOON, limit=9)


async def attempt_pages(down: TakenDown) -> None:
    deliveries = StoredDeliveryRepository(on(TakenDown(), DELIVERIES), on(down, ATTEMPTS))
    for after in (FIRST, (5, "a")):
        await deliveries.page_attempts(owner_id=OWNER, webhook_id="w", limit=9, after=after)


async def operation_pages(down: TakenDown) -> None:
    operations = StoredOperationRepository(on(down, OPERATIONS))
    for running in (False, True):
        for after in (None, (5, "a")):
            await operations.page(owner_id=OWNER, limit=9, after=after, running=running)
    await operations.due([Task(OperationKind.SWEEP, "S1")], now=NOON, limit=9)


async def user_pages(down: TakenDown) -> None:
    users = StoredUserRepository(on(down, accounts_documents.USERS))
    await users.find_by_name("a")
    await users.find_by_pseudonyms(["a"])
    for after in ("", "a"):
        await users.page(after=after, limit=9)
    await users.count()
    await users.count_administrators()
    await users.user_ids()
    await users.outbox.unpublished(older_than=NOON, limit=9)


async def session_pages(down: TakenDown) -> None:
    sessions = StoredSessionRepository(on(down, accounts_documents.SESSIONS))
    await sessions.of_user("u", limit=9)
    await sessions.count_of_user("u")


async def key_pages(down: TakenDown) -> None:
    keys = StoredApiKeyRepository(on(down, accounts_documents.API_KEYS))
    await keys.find_by_hash("h")
    await keys.of_user("u", limit=9)
    await keys.count_of_user("u")


async def upload_pages(down: TakenDown) -> None:
    uploads = StoredUploadRepository(on(down, mongo_uploads.UPLOADS))
    await uploads.open_uploads(owner_id=OWNER)
    await uploads.expired(before=NOON, limit=9)
    await uploads.count_owner(OWNER)


PAGES: Final[list[tuple[type[Keyed], Pages]]] = [
    (PhotoDocument, photo_pages),
    (AlbumDocument, album_pages),
    (ResultDocument, result_pages),
    (WebhookDocument, webhook_pages),
    (DeliveryDocument, delivery_pages),
    (AttemptDocument, attempt_pages),
    (OperationDocument, operation_pages),
    (accounts_documents.UserDocument, user_pages),
    (accounts_documents.SessionDocument, session_pages),
    (accounts_documents.ApiKeyDocument, key_pages),
    (mongo_uploads.UploadDocument, upload_pages),
]
# The sweep of orphans reads all keys, and leaves out the few of today.
BESIDE: Final[Mapping[type[Keyed], tuple[str, ...]]] = {ResultDocument: ("store_ms",)}
