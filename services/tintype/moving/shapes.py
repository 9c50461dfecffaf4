"""Every kind of record that a library has, in the order in which they are copied, for each database.

Left out on purpose: uploads under way, whose bytes are not in the library yet, so that clients begin them anew; leases
and what processes state of themselves, which belong to processes; sign-in attempts, which are forgotten in minutes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.records import Records
from tintype.kit.store.sqlite import Database


def sqlite_records(database: Database) -> Sequence[Records]:
    """Of a library in a folder."""
    from tintype.accounts.adapters import (
        stored_erasures,
        stored_invitations,
        stored_keys,
        stored_sessions,
        stored_signing_keys,
        stored_users,
    )
    from tintype.catalog.adapters import photo_shape, stored_album, stored_delivery, stored_model, stored_webhook
    from tintype.kit.operations.adapters import stored as stored_operations
    from tintype.kit.store.sqlite_records import SqliteRecords

    return (
        SqliteRecords(database, stored_users.USERS),
        SqliteRecords(database, stored_sessions.SESSIONS),
        SqliteRecords(database, stored_keys.API_KEYS),
        SqliteRecords(database, stored_invitations.INVITATIONS),
        SqliteRecords(database, stored_erasures.ERASURES),
        SqliteRecords(database, stored_signing_keys.SIGNING_KEYS),
        SqliteRecords(database, stored_operations.OPERATIONS),
        SqliteRecords(database, stored_model.WANTED),
        SqliteRecords(database, stored_album.ALBUMS),
        SqliteRecords(database, stored_webhook.WEBHOOKS),
        SqliteRecords(database, stored_delivery.DELIVERIES),
        SqliteRecords(database, stored_delivery.ATTEMPTS),
        SqliteRecords(database, photo_shape.PHOTOS),
    )


def mongo_records(database: MongoDatabase) -> Sequence[Records]:
    """Of a library on servers."""
    from tintype.accounts.adapters import mongo_documents as accounts_documents
    from tintype.catalog.adapters import mongo_documents as catalog_documents
    from tintype.catalog.adapters import mongo_photo_shape
    from tintype.kit.operations.adapters import mongo as mongo_operations
    from tintype.kit.store.mongo_records import MongoRecords

    return (
        MongoRecords(database, accounts_documents.USERS),
        MongoRecords(database, accounts_documents.SESSIONS),
        MongoRecords(database, accounts_documents.API_KEYS),
        MongoRecords(database, accounts_documents.INVITATIONS),
        MongoRecords(database, accounts_documents.ERASURES),
        MongoRecords(database, accounts_documents.SIGNING_KEYS),
        MongoRecords(database, mongo_operations.OPERATIONS),
        MongoRecords(database, catalog_documents.WANTED),
        MongoRecords(database, catalog_documents.ALBUMS),
        MongoRecords(database, catalog_documents.WEBHOOKS),
        MongoRecords(database, catalog_documents.DELIVERIES),
        MongoRecords(database, catalog_documents.ATTEMPTS),
        MongoRecords(database, mongo_photo_shape.PHOTOS),
    )
