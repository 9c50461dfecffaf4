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
    from tintype.catalog.adapters import sqlite_album, sqlite_delivery, sqlite_model, sqlite_photo_shape, sqlite_webhook
    from tintype.kit.operations.adapters import sqlite as sqlite_operations
    from tintype.kit.store.sqlite_records import SqliteRecords

    return (
        SqliteRecords(database, stored_users.USERS),
        SqliteRecords(database, stored_sessions.SESSIONS),
        SqliteRecords(database, stored_keys.API_KEYS),
        SqliteRecords(database, stored_invitations.INVITATIONS),
        SqliteRecords(database, stored_erasures.ERASURES),
        SqliteRecords(database, stored_signing_keys.SIGNING_KEYS),
        SqliteRecords(database, sqlite_operations.OPERATIONS),
        SqliteRecords(database, sqlite_model.WANTED),
        SqliteRecords(database, sqlite_album.ALBUMS),
        SqliteRecords(database, sqlite_webhook.WEBHOOKS),
        SqliteRecords(database, sqlite_delivery.DELIVERIES),
        SqliteRecords(database, sqlite_delivery.ATTEMPTS),
        SqliteRecords(database, sqlite_photo_shape.PHOTOS),
    )


def mongo_records(database: MongoDatabase) -> Sequence[Records]:
    """Of a library on servers."""
    from tintype.accounts.adapters import mongo_documents as accounts_documents
    from tintype.catalog.adapters import mongo_album, mongo_delivery, mongo_model, mongo_photo_shape, mongo_webhook
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
        MongoRecords(database, mongo_model.WANTED),
        MongoRecords(database, mongo_album.ALBUMS),
        MongoRecords(database, mongo_webhook.WEBHOOKS),
        MongoRecords(database, mongo_delivery.DELIVERIES),
        MongoRecords(database, mongo_delivery.ATTEMPTS),
        MongoRecords(database, mongo_photo_shape.PHOTOS),
    )
