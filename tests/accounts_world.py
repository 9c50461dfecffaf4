"""Accounts on its embedded adapters in a folder of the test, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc

from tintype.accounts.adapters.argon2_password_hasher import Argon2PasswordHasher
from tintype.accounts.bootstrap import Stores, UseCases, open_sqlite, use_cases
from tintype.accounts.domain.keys import ApiKey
from tintype.accounts.domain.sessions import Session, Tokens
from tintype.accounts.domain.users import Role, User, UserState
from tintype.accounts.service.who import Who
from tintype.accounts.settings import AccountsSettings
from tintype.events import connect as events
from tintype.events.ports import EventStream
from tintype.kit.app import Host
from tintype.kit.auth.caller import Caller
from tintype.kit.auth.ports import Revocation
from tintype.kit.ids import RandomIds
from tintype.kit.operations import connect as operations
from tintype.kit.operations.ports import OperationRepository
from tintype.kit.operations.service import Operations
from tintype.kit.settings import Settings
from tintype.kit.telemetry import Telemetry
from tintype.kit.urls import Url, Urls

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PASSWORD = "violet kettle argues 7"
PEER = "192.0.2.1"


class MovableClock:
    """Clock."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, span: timedelta) -> None:
        self._now += span


@dataclass
class RecordingSink:
    """RevocationDesk of kit.app."""

    seen: list[Revocation] = field(default_factory=list)

    def let_go(self) -> None:
        """No call is under way."""

    def revoked(self, revocation: Revocation) -> None:
        self.seen.append(revocation)

    def check(self, caller: Caller) -> None:
        """Everybody counts."""


class NoPeers:
    """Peers."""

    def channel(self, service: str) -> grpc.aio.Channel:
        raise AssertionError(f"accounts calls nobody, and not {service}")


@dataclass
class World:
    """Everything that a test may look at."""

    cases: UseCases
    stores: Stores
    stream: EventStream
    operations: OperationRepository
    host: Host
    clock: MovableClock
    sink: RecordingSink

    async def first_user(self, user_name: str = "ann") -> tuple[User, Tokens]:
        return await self.sign_up(user_name)

    async def sign_up(self, user_name: str, *, invitation: str = "") -> tuple[User, Tokens]:
        return await self.cases.registration.sign_up(
            user_name=user_name,
            password=PASSWORD,
            display_name="",
            invitation=invitation,
            client="test",
            who=Who(peer=PEER),
        )

    async def add_user(self, user_name: str, *, role: Role = Role.MEMBER) -> User:
        return await self.cases.registration.create_user(
            user_name=user_name, password=PASSWORD, display_name="", role=role, quota_bytes=0, who=Who()
        )

    async def sign_in(self, user_name: str, password: str = PASSWORD, *, peer: str = PEER) -> Tokens:
        _, tokens = await self.cases.sessions.sign_in(
            user_name=user_name, password=password, client="test", who=Who(peer=peer)
        )
        return tokens

    async def actions(self) -> list[str]:
        """What was recorded, oldest first."""
        return [event.action for event in await self.stores.audit.oldest(after=0, limit=1000)]


@asynccontextmanager
async def open_world(home: Path, settings: AccountsSettings | None = None) -> AsyncIterator[World]:
    async with AsyncExitStack() as opened:
        urls = await opened.enter_async_context(open_urls(home))
        hasher = await opened.enter_async_context(
            Argon2PasswordHasher.open(memory_kib=8, passes=1, lanes=1, at_once=2)  # weak and quick
        )
        clock, sink, process = MovableClock(), RecordingSink(), Settings(home=home)
        stores, stream = await open_sqlite(urls), await events.connect(urls)
        kept = await operations.connect(urls)
        telemetry = Telemetry(otlp_endpoint="")
        opened.callback(telemetry.close)
        host = Host(process, NoPeers(), sink, Operations(kept.operations, clock, RandomIds()), telemetry, lambda: "")
        settings = settings or quick_settings()
        cases = use_cases(stores, hasher, stream, kept, settings, host, clock)
        yield World(cases, stores, stream, kept.operations, host, clock, sink)


def quick_settings(*, erasure_services: Sequence[str] = ("catalog", "upload"), **changes: object) -> AccountsSettings:
    values = {"erasure_services": tuple(erasure_services), "erasure_settle": timedelta(0), **changes}
    return AccountsSettings.model_validate(values)


def open_urls(home: Path) -> AbstractAsyncContextManager[Urls]:
    return Urls.opened(
        database=Url(f"sqlite://{home}/library.db"),
        events=Url(f"sqlite://{home}/events.db"),
        blobs=Url(f"file://{home}/blobs"),
        index=Url(f"sqlite://{home}/index.db"),
        inference=Url("onnx:"),
    )


def make_user(user_id: str = "u1", **changes: object) -> User:
    values: dict[str, object] = {
        "user_id": user_id,
        "user_name": f"name-of-{user_id}",
        "display_name": "Ann",
        "role": Role.MEMBER,
        "state": UserState.ACTIVE,
        "quota_bytes": 0,
        "password_hash": "hash",
        "pseudonym": f"pseudonym-of-{user_id}",
        "create_time": NOON,
    }
    return User(**{**values, **changes})  # type: ignore[arg-type]  # a builder takes any field


def stored_bytes(home: Path) -> bytes:
    """Everything that lies in the database's files."""
    return b"".join(file.read_bytes() for file in home.glob("library.db*"))


def make_key(api_key_id: str = "k1", **changes: object) -> ApiKey:
    values: dict[str, object] = {
        "api_key_id": api_key_id,
        "user_id": "u1",
        "name": "script",
        "scopes": ("search",),
        "prefix": "tt_abcd",
        "secret_hash": f"hash-of-{api_key_id}",
        "create_time": NOON,
    }
    return ApiKey(**{**values, **changes})  # type: ignore[arg-type]  # a builder takes any field


def make_session(session_id: str = "s1", **changes: object) -> Session:
    values: dict[str, object] = {
        "session_id": session_id,
        "user_id": "u1",
        "client": "test",
        "create_time": NOON,
        "last_use_time": NOON,
        "expire_time": NOON + timedelta(days=30),
        "family_hash": "family",
        "token_hash": "token",
    }
    return Session(**{**values, **changes})  # type: ignore[arg-type]  # a builder takes any field
