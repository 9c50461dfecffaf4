"""Wiring of accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tintype.accounts import convert
from tintype.accounts.adapters.argon2_password_hasher import Argon2PasswordHasher
from tintype.accounts.adapters.ed25519_signing import Ed25519KeyMaker, Ed25519TokenIssuer
from tintype.accounts.adapters.memory_attempts import MemoryAttemptLog
from tintype.accounts.adapters.revocation_sink import KitRevocationSink
from tintype.accounts.adapters.sqlite_audit import SqliteAuditLog
from tintype.accounts.adapters.sqlite_revocations import SqliteRevocationLog
from tintype.accounts.adapters.stored_erasures import ERASURES, StoredErasureRepository
from tintype.accounts.adapters.stored_invitations import INVITATIONS, StoredInvitationRepository
from tintype.accounts.adapters.stored_keys import API_KEYS, StoredApiKeyRepository
from tintype.accounts.adapters.stored_sessions import SESSIONS, StoredSessionRepository
from tintype.accounts.adapters.stored_signing_keys import SIGNING_KEYS, StoredSigningKeyRepository
from tintype.accounts.adapters.stored_users import USERS, StoredUserRepository
from tintype.accounts.adapters.zxcvbn_common_passwords import ZxcvbnCommonPasswords
from tintype.accounts.domain.facts import UserDeleted
from tintype.accounts.domain.users import SignUpMode
from tintype.accounts.handlers.accounts import AccountsHandlers
from tintype.accounts.handlers.internal import AccountsInternalHandlers
from tintype.accounts.handlers.users import UsersHandlers
from tintype.accounts.ports import (
    ApiKeyRepository,
    AttemptLog,
    AuditLog,
    ErasureRepository,
    InvitationRepository,
    PasswordHasher,
    RevocationLog,
    SessionRepository,
    SigningKeyRepository,
    UserRepository,
)
from tintype.accounts.service.administrators import Administrators
from tintype.accounts.service.audit import Audit
from tintype.accounts.service.eraser import Eraser
from tintype.accounts.service.erasure import Erasures
from tintype.accounts.service.invitations import Invitations
from tintype.accounts.service.keys import ApiKeys
from tintype.accounts.service.passwords import Passwords
from tintype.accounts.service.revocations import Revocations
from tintype.accounts.service.sessions import Sessions
from tintype.accounts.service.sign_up import Registration
from tintype.accounts.service.signing import SigningKeys
from tintype.accounts.service.throttle import Throttle
from tintype.accounts.service.users import Users
from tintype.accounts.settings import AccountsSettings
from tintype.events import connect as events
from tintype.events.ports import EventStream
from tintype.kit.app import App, Host
from tintype.kit.auth.tokens import ACCESS_LIFETIME
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.ids import RandomIds
from tintype.kit.operations import connect as operations
from tintype.kit.operations.connect import OperationStores
from tintype.kit.operations.domain import OperationKind
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.runner import Run
from tintype.kit.outbox import Outbox
from tintype.kit.store.shared import MONGO, SQLITE, database_probe, shared_database, shared_mongo
from tintype.kit.store.sqlite_aggregates import SqliteAggregates
from tintype.kit.urls import InvalidUrl, Urls
from tintype.v1.accounts_internal_service_pb2_grpc import add_AccountsInternalServiceServicer_to_server
from tintype.v1.accounts_service_pb2_grpc import add_AccountsServiceServicer_to_server
from tintype.v1.users_service_pb2_grpc import add_UsersServiceServicer_to_server

REVOCATIONS_KEPT: Final = 4 * ACCESS_LIFETIME  # the longest that anybody goes on by what was accepted before, and some
ADMINISTRATORS_TTL: Final = timedelta(seconds=10)  # how long nobody can be demoted after a crash
HOURLY: Final = timedelta(hours=1)
DAILY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stores:
    """What accounts keeps."""

    users: UserRepository
    sessions: SessionRepository
    keys: ApiKeyRepository
    invitations: InvitationRepository
    erasures: ErasureRepository
    signing_keys: SigningKeyRepository
    revocations: RevocationLog
    audit: AuditLog
    attempts: AttemptLog
    outbox: Outbox[UserDeleted]


@dataclass(frozen=True, slots=True)
class Guards:
    """What stands before the use cases."""

    throttle: Throttle
    audit: Audit
    passwords: Passwords
    revocations: Revocations


@dataclass(frozen=True, slots=True)
class UseCases:
    """What accounts can do."""

    registration: Registration
    sessions: Sessions
    signing: SigningKeys
    users: Users
    keys: ApiKeys
    invitations: Invitations
    erasures: Erasures
    eraser: Eraser
    revocations: Revocations
    audit: Audit


async def open_sqlite(urls: Urls) -> Stores:
    """The stores in the installation's SQLite file."""
    database = await shared_database(urls)
    users = StoredUserRepository(await SqliteAggregates.open(database, USERS))
    return Stores(
        users=users,
        sessions=StoredSessionRepository(await SqliteAggregates.open(database, SESSIONS)),
        keys=StoredApiKeyRepository(await SqliteAggregates.open(database, API_KEYS)),
        invitations=StoredInvitationRepository(await SqliteAggregates.open(database, INVITATIONS)),
        erasures=StoredErasureRepository(await SqliteAggregates.open(database, ERASURES)),
        signing_keys=StoredSigningKeyRepository(await SqliteAggregates.open(database, SIGNING_KEYS)),
        revocations=await SqliteRevocationLog.open(database),
        audit=await SqliteAuditLog.open(database),
        attempts=MemoryAttemptLog(),
        outbox=users.outbox,
    )


async def open_mongo(urls: Urls) -> Stores:
    """The stores in the installation's MongoDB database; its driver is loaded only where it is used."""
    from tintype.accounts.adapters.mongo_stores import open_stores

    return Stores(**await open_stores(await shared_mongo(urls)))


STORES: Final[Mapping[str, Callable[[Urls], Awaitable[Stores]]]] = {
    **dict.fromkeys(SQLITE, open_sqlite),
    **dict.fromkeys(MONGO, open_mongo),
}


@asynccontextmanager
async def build(
    urls: Urls, settings: AccountsSettings, host: Host, *, clock: Clock | None = None
) -> AsyncIterator[App]:
    """Wire accounts."""
    if urls.database.scheme not in STORES:
        raise InvalidUrl(f"TINTYPE_DATABASE_URL: {urls.database.scheme}: is none of {', '.join(STORES)}")
    clock = clock or SystemClock()
    async with AsyncExitStack() as opened:
        stores = await STORES[urls.database.scheme](urls)
        stream = await events.connect(urls)
        hasher = await opened.enter_async_context(
            Argon2PasswordHasher.open(
                memory_kib=settings.argon2_memory_kib,
                passes=settings.argon2_passes,
                lanes=settings.argon2_lanes,
                at_once=settings.hashes_at_once,
            )
        )
        kept = await operations.connect(urls)
        cases = use_cases(stores, hasher, stream, kept, settings, host, clock)
        app = app_of(cases, stores, stream, clock)
        app.needs(database=await database_probe(urls))
        yield app


def use_cases(
    stores: Stores,
    hasher: PasswordHasher,
    stream: EventStream,
    kept: OperationStores,
    settings: AccountsSettings,
    host: Host,
    clock: Clock,
) -> UseCases:
    """Put the use cases together."""
    ids, guards = RandomIds(), guards_of(stores, hasher, settings, host, clock)
    administrators = Administrators(stores.users, Leases(kept.leases, clock, ids, ttl=ADMINISTRATORS_TTL))
    audit, passwords, revocations = guards.audit, guards.passwords, guards.revocations
    signing = signing_of(stores, settings, host, clock)
    sessions = Sessions(
        *(stores.sessions, stores.users, passwords, signing, revocations, audit, ids, clock),
        lifetime=settings.session_lifetime,
        grace=settings.refresh_grace,
    )
    erasures = Erasures(
        stores.erasures, stores.users, host.operations, passwords, revocations, audit, clock, administrators
    )
    return UseCases(
        registration=Registration(
            *(stores.users, stores.invitations, sessions, passwords, guards.throttle, audit, ids, clock),
            mode=SignUpMode(settings.sign_up),
            quota_bytes=settings.default_quota_bytes,
        ),
        sessions=sessions,
        signing=signing,
        users=Users(stores.users, passwords, revocations, audit, administrators),
        keys=ApiKeys(stores.keys, stores.users, revocations, audit, ids, clock),
        invitations=Invitations(stores.invitations, audit, clock),
        erasures=erasures,
        eraser=Eraser(
            *(erasures, stores.erasures, stores.users, stores.sessions, stores.keys),
            *(kept.operations, revocations, stream, clock),
            services=settings.erasure_services,
            repeat=settings.erasure_repeat,
            settle=settings.erasure_settle,
            step=host.step,
        ),
        revocations=revocations,
        audit=audit,
    )


def guards_of(stores: Stores, hasher: PasswordHasher, settings: AccountsSettings, host: Host, clock: Clock) -> Guards:
    """What stands before the use cases."""
    limits = {"per_name": settings.failures_per_user, "per_peer": settings.failures_per_peer}
    throttle = Throttle(stores.attempts, clock, **limits, window=settings.failure_window)
    audit = Audit(stores.audit, stores.users, RandomIds(), clock)
    passwords = Passwords(hasher, ZxcvbnCommonPasswords(), throttle, audit)
    sink = KitRevocationSink(host.revocations)
    revocations = Revocations(stores.revocations, sink, stores.sessions, stores.keys, clock, retention=REVOCATIONS_KEPT)
    return Guards(throttle, audit, passwords, revocations)


def signing_of(stores: Stores, settings: AccountsSettings, host: Host, clock: Clock) -> SigningKeys:
    """The signing of access tokens."""
    issuer = Ed25519TokenIssuer(audience=host.settings.audience, clock=clock)
    return SigningKeys(
        *(stores.signing_keys, Ed25519KeyMaker(), issuer, RandomIds(), clock),
        access_lifetime=ACCESS_LIFETIME,
        rotation=settings.signing_key_rotation,
    )


def app_of(cases: UseCases, stores: Stores, stream: EventStream, clock: Clock | None = None) -> App:
    """Offer the use cases to the host."""

    async def erase(run: Run) -> Mapping[str, int]:
        return await cases.eraser.erase(run.operation, run.report)

    app = App("accounts", stream=stream)
    app.serve(
        add_AccountsServiceServicer_to_server,
        AccountsHandlers(cases.registration, cases.sessions, cases.signing, cases.users, cases.keys, cases.erasures),
    )
    app.serve(
        add_UsersServiceServicer_to_server,
        UsersHandlers(cases.registration, cases.users, cases.invitations, cases.erasures, cases.audit),
    )
    app.serve(
        add_AccountsInternalServiceServicer_to_server,
        AccountsInternalHandlers(cases.keys, cases.revocations, cases.users, cases.erasures, cases.audit),
    )
    app.publish(stores.outbox, convert.fact_to_event, clock=clock)
    app.operation(OperationKind.ERASE_USER, erase)
    repairs = (
        ("accounts-expired", "forget expired sessions and old revocations", HOURLY, cases.revocations.sweep),
        ("accounts-invitations", "forget expired invitations", HOURLY, cases.invitations.sweep),
        ("accounts-signing-keys", "let signing keys follow each other", HOURLY, cases.signing.rotate),
        ("accounts-audit", "check that the audit log is unbroken", DAILY, cases.audit.verify),
    )
    for name, purpose, every, run in repairs:
        app.sweep(name, purpose, every=every, run=run)
    return app
