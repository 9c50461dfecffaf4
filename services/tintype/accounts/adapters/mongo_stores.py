"""All stores of accounts in one MongoDB database."""

from __future__ import annotations

from typing import TypedDict

from tintype.accounts.adapters import mongo_documents as documents
from tintype.accounts.adapters.mongo_attempts import MongoAttemptLog
from tintype.accounts.adapters.mongo_audit import MongoAuditLog
from tintype.accounts.adapters.mongo_revocations import MongoRevocationLog
from tintype.accounts.adapters.stored_erasures import StoredErasureRepository
from tintype.accounts.adapters.stored_invitations import StoredInvitationRepository
from tintype.accounts.adapters.stored_keys import StoredApiKeyRepository
from tintype.accounts.adapters.stored_sessions import StoredSessionRepository
from tintype.accounts.adapters.stored_signing_keys import StoredSigningKeyRepository
from tintype.accounts.adapters.stored_users import StoredUserRepository
from tintype.accounts.domain.facts import UserDeleted
from tintype.kit.outbox import Outbox
from tintype.kit.store.mongo import MongoDatabase
from tintype.kit.store.mongo_aggregates import MongoAggregates


class MongoStores(TypedDict):
    """By the names that the bootstrap has for them."""

    users: StoredUserRepository
    sessions: StoredSessionRepository
    keys: StoredApiKeyRepository
    invitations: StoredInvitationRepository
    erasures: StoredErasureRepository
    signing_keys: StoredSigningKeyRepository
    revocations: MongoRevocationLog
    audit: MongoAuditLog
    attempts: MongoAttemptLog
    outbox: Outbox[UserDeleted]


async def open_stores(database: MongoDatabase) -> MongoStores:
    """With their indexes made."""
    users = StoredUserRepository(await MongoAggregates.open(database, documents.USERS))
    return MongoStores(
        users=users,
        sessions=StoredSessionRepository(await MongoAggregates.open(database, documents.SESSIONS)),
        keys=StoredApiKeyRepository(await MongoAggregates.open(database, documents.API_KEYS)),
        invitations=StoredInvitationRepository(await MongoAggregates.open(database, documents.INVITATIONS)),
        erasures=StoredErasureRepository(await MongoAggregates.open(database, documents.ERASURES)),
        signing_keys=StoredSigningKeyRepository(await MongoAggregates.open(database, documents.SIGNING_KEYS)),
        revocations=await MongoRevocationLog.open(database),
        audit=await MongoAuditLog.open(database),
        attempts=await MongoAttemptLog.open(database),
        outbox=users.outbox,
    )
