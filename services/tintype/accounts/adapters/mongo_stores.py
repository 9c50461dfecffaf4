"""All stores of accounts in one MongoDB database."""

from __future__ import annotations

from typing import TypedDict

from tintype.accounts.adapters.mongo_attempts import MongoAttemptLog
from tintype.accounts.adapters.mongo_audit import MongoAuditLog
from tintype.accounts.adapters.mongo_erasures import MongoErasureRepository
from tintype.accounts.adapters.mongo_invitations import MongoInvitationRepository
from tintype.accounts.adapters.mongo_keys import MongoApiKeyRepository
from tintype.accounts.adapters.mongo_revocations import MongoRevocationLog
from tintype.accounts.adapters.mongo_sessions import MongoSessionRepository
from tintype.accounts.adapters.mongo_signing_keys import MongoSigningKeyRepository
from tintype.accounts.adapters.mongo_users import MongoUserRepository
from tintype.accounts.domain.facts import UserDeleted
from tintype.kit.outbox import Outbox
from tintype.kit.store.mongo import MongoDatabase


class MongoStores(TypedDict):
    """By the names that the bootstrap has for them."""

    users: MongoUserRepository
    sessions: MongoSessionRepository
    keys: MongoApiKeyRepository
    invitations: MongoInvitationRepository
    erasures: MongoErasureRepository
    signing_keys: MongoSigningKeyRepository
    revocations: MongoRevocationLog
    audit: MongoAuditLog
    attempts: MongoAttemptLog
    outbox: Outbox[UserDeleted]


async def open_stores(database: MongoDatabase) -> MongoStores:
    """With their indexes made."""
    users = await MongoUserRepository.open(database)
    return MongoStores(
        users=users,
        sessions=await MongoSessionRepository.open(database),
        keys=await MongoApiKeyRepository.open(database),
        invitations=await MongoInvitationRepository.open(database),
        erasures=await MongoErasureRepository.open(database),
        signing_keys=await MongoSigningKeyRepository.open(database),
        revocations=await MongoRevocationLog.open(database),
        audit=await MongoAuditLog.open(database),
        attempts=await MongoAttemptLog.open(database),
        outbox=users.outbox,
    )
