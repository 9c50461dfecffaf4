"""The aggregates of accounts as documents in MongoDB: where they lie, and how they are found."""

from __future__ import annotations

from typing import Final

from tintype.accounts.adapters import (
    stored_erasures,
    stored_invitations,
    stored_keys,
    stored_sessions,
    stored_signing_keys,
    stored_users,
)
from tintype.kit.store.mongo_shape import OUTBOX, MongoShape, Stored, keysets_of


class UserDocument(Stored):
    """A user is the owner of the document of the user, so that UserDeleted is published under that owner."""

    user_name: str
    pseudonym: str
    founder: str  # "founder", or the id of everybody else: so there is one founder at most
    administers: int

    class Settings(Stored.Settings):
        """Found by name, by pseudonym, and by what they may do."""

        name = stored_users.USERS.table
        indexes = (*keysets_of(stored_users.USERS), OUTBOX)


class SessionDocument(Stored):
    """A session; the times count from 1970."""

    create_ms: int
    expire_ms: int

    class Settings(Stored.Settings):
        """Found by user, and when they have expired."""

        name = stored_sessions.SESSIONS.table
        indexes = keysets_of(stored_sessions.SESSIONS)


class ApiKeyDocument(Stored):
    """A key, found by the hash of its secret."""

    create_ms: int
    secret_hash: str

    class Settings(Stored.Settings):
        """Found by user too."""

        name = stored_keys.API_KEYS.table
        indexes = keysets_of(stored_keys.API_KEYS)


class InvitationDocument(Stored):
    """An invitation, which nobody owns."""

    expire_ms: int

    class Settings(Stored.Settings):
        """Found when they have expired."""

        name = stored_invitations.INVITATIONS.table
        indexes = keysets_of(stored_invitations.INVITATIONS)


class ErasureDocument(Stored):
    """An erasure, owned by the user who is erased."""

    class Settings(Stored.Settings):
        """Found by user."""

        name = stored_erasures.ERASURES.table


class SigningKeyDocument(Stored):
    """A key, which nobody owns."""

    class Settings(Stored.Settings):
        """All are read."""

        name = stored_signing_keys.SIGNING_KEYS.table


USERS: Final = MongoShape(stored_users.USERS, UserDocument)
SESSIONS: Final = MongoShape(stored_sessions.SESSIONS, SessionDocument)
API_KEYS: Final = MongoShape(stored_keys.API_KEYS, ApiKeyDocument)
INVITATIONS: Final = MongoShape(stored_invitations.INVITATIONS, InvitationDocument)
ERASURES: Final = MongoShape(stored_erasures.ERASURES, ErasureDocument)
SIGNING_KEYS: Final = MongoShape(stored_signing_keys.SIGNING_KEYS, SigningKeyDocument)
