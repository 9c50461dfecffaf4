"""Albums, webhooks and wanted models as documents in MongoDB: where they lie, and how they are found."""

from __future__ import annotations

from typing import Final

from tintype.catalog.adapters import stored_album, stored_delivery, stored_model, stored_webhook
from tintype.kit.store.mongo_shape import OUTBOX, Keyset, MongoShape, Stored, keysets_of


class AlbumDocument(Stored):
    """An album and its unpublished facts."""

    create_ms: int
    deleted: int
    delete_ms: int

    class Settings(Stored.Settings):
        """Found by owner, and once they were deleted."""

        name = stored_album.ALBUMS.table
        indexes = (OUTBOX, *keysets_of(stored_album.ALBUMS))


class WebhookDocument(Stored):
    """A webhook."""

    create_ms: int

    class Settings(Stored.Settings):
        """Found by owner."""

        name = stored_webhook.WEBHOOKS.table
        indexes = keysets_of(stored_webhook.WEBHOOKS)


class DeliveryDocument(Stored):
    """A call that is still to be made."""

    webhook_id: str
    next_ms: int

    class Settings(Stored.Settings):
        """Found by webhook, and when they are due."""

        name = stored_delivery.DELIVERIES.table
        indexes = (
            *keysets_of(stored_delivery.DELIVERIES, without=("due_webhooks",)),
            Keyset("due_webhooks", order=("next_ms", "owner_id", "webhook_id")),  # answers alone
        )


class AttemptDocument(Stored):
    """A line of the log."""

    webhook_id: str
    time_ms: int

    class Settings(Stored.Settings):
        """Found by webhook, and when they are old."""

        name = stored_delivery.ATTEMPTS.table
        indexes = keysets_of(stored_delivery.ATTEMPTS)


class WantedModelsDocument(Stored):
    """The one statement of an installation."""

    class Settings(Stored.Settings):
        """Where it lies."""

        name = stored_model.WANTED.table


ALBUMS: Final = MongoShape(stored_album.ALBUMS, AlbumDocument)
WEBHOOKS: Final = MongoShape(stored_webhook.WEBHOOKS, WebhookDocument)
DELIVERIES: Final = MongoShape(stored_delivery.DELIVERIES, DeliveryDocument)
ATTEMPTS: Final = MongoShape(stored_delivery.ATTEMPTS, AttemptDocument)
WANTED: Final = MongoShape(stored_model.WANTED, WantedModelsDocument)
