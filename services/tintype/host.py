"""Hosts one or many services in this process: opens what they need, serves them, and ends without losing anything."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from pydantic_settings import BaseSettings

from tintype.kit.admin.server import administration
from tintype.kit.app import App, Background, Host
from tintype.kit.auth.authenticator import Authenticator
from tintype.kit.auth.remote import ACCOUNTS, RemoteKeys, RemoteKeySet, RemoteRevocations
from tintype.kit.auth.revocation import Revocations
from tintype.kit.auth.tokens import SigningKey, service_key
from tintype.kit.backgrounds import Backgrounds
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.errors import FailedPrecondition, Unavailable
from tintype.kit.grpc.calls import Layer
from tintype.kit.grpc.client import PeerChannels
from tintype.kit.grpc.forwarding import forwarded
from tintype.kit.grpc.layers import Authenticated, Deadline, Guesses, Observed, Overload, RateLimit
from tintype.kit.grpc.server import AddToServer, Handlers, RpcServer, names_of
from tintype.kit.health import Health
from tintype.kit.http import HttpServer, HttpUrl
from tintype.kit.ids import RandomIds
from tintype.kit.log import log_of
from tintype.kit.operations import connect as operations
from tintype.kit.operations.service import Operations
from tintype.kit.settings import Settings
from tintype.kit.steps import Step, no_step
from tintype.kit.store.errors import StoreInUse
from tintype.kit.store.file_lock import locked
from tintype.kit.telemetry import Telemetry
from tintype.kit.urls import Urls

# Their public gRPC services, and the modules of the contract those are in: what a process can pass on.
SERVED_BY: Final = {
    "accounts": {"AccountsService": "accounts_service", "UsersService": "users_service"},
    "upload": {"UploadService": "upload_service"},
    "catalog": {
        "CatalogService": "catalog_service",
        "AlbumService": "album_service",
        "MediaService": "media_service",
        "EventService": "event_service",
    },
    "analysis": {"EmbedService": "embed_service"},
    "search": {"SearchService": "search_service"},
}
SERVICES: Final = ("accounts", "catalog", "upload", "analysis", "search", "people", "curation")
FIRST_ANSWER_S: Final = 20.0  # for accounts to say for the first time what was revoked
_log: Final = log_of(__name__)


class ServiceUnknown(FailedPrecondition):
    """No such service in this installation."""


class HomeInUse(Unavailable):
    """Another process runs on the same home."""


class NotShared(FailedPrecondition):
    """A SQLite file cannot be shared by processes."""


@dataclass(frozen=True, slots=True)
class Running:
    """What runs, and where it is reached. `failed` is set once it cannot go on."""

    address: str
    http: str
    services: tuple[str, ...]
    tls: bool
    failed: asyncio.Event


def served_by(names: Sequence[str]) -> tuple[str, ...]:
    """The full names of the public gRPC services of these."""
    return tuple(f"tintype.v1.{service}" for name in names for service in SERVED_BY.get(name, ()))


def installed() -> tuple[str, ...]:
    """The services that this installation has, in the order in which they are built."""
    return tuple(name for name in SERVICES if _is_installed(name))


def _is_installed(name: str) -> bool:
    found = importlib.util.find_spec(f"tintype.{name}") is not None
    return found and importlib.util.find_spec(f"tintype.{name}.bootstrap") is not None


def check_hosting(settings: Settings, names: Sequence[str]) -> tuple[str, ...]:
    """The services to host: `names`, or all that are not said to be elsewhere. Raises ServiceUnknown, NotShared."""
    known = installed()
    for name in names:
        if name not in known:
            raise ServiceUnknown(f"there is no service {name}; there are {', '.join(known)}")
    here = tuple(name for name in known if (name in names if names else name not in settings.services))
    elsewhere = sorted(set(settings.services) - set(here))
    for part in ("database", "events", "index"):
        if elsewhere and settings.url(part).scheme == "sqlite":
            raise NotShared(
                f"TINTYPE_{part.upper()}_URL is a SQLite file, which one process alone can use: "
                f"host {', '.join(elsewhere)} in this process too, or give it a server"
            )
    return here


def opened_urls(settings: Settings) -> AbstractAsyncContextManager[Urls]:
    """The five URLs; what is behind them is opened when it is first asked for."""
    url = settings.url
    return Urls.opened(
        database=url("database"),
        events=url("events"),
        blobs=url("blobs"),
        index=url("index"),
        inference=url("inference"),
    )


async def _at_once() -> None:
    """Nobody listens on the ports in our place."""


@asynccontextmanager
async def running(
    settings: Settings,
    names: Sequence[str] = (),
    *,
    clock: Clock | None = None,
    step: Step = no_step,
    opened: Callable[[Settings], AbstractAsyncContextManager[Urls]] = opened_urls,
    before_listening: Callable[[], Awaitable[None]] = _at_once,
) -> AsyncIterator[Running]:
    """Host the services until the block is left; then drain: nothing in flight is cut within the grace.

    `step` is called between the steps of every protocol that a crash may interrupt; `opened` may hand over URLs behind
    which something is open already; `before_listening` makes room on the ports.
    """
    here, clock = check_hosting(settings, names), clock or SystemClock()
    async with AsyncExitStack() as stack:
        _own(stack, settings.make_home())
        socket = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tintype-"))) / "rpc.sock"
        telemetry, key = Telemetry(otlp_endpoint=settings.otlp_endpoint), service_key(settings.read_service_secret())
        stack.callback(telemetry.close)
        peers = PeerChannels(settings, socket=socket, here=here, key=key, clock=clock)
        stack.push_async_callback(peers.close)
        urls = await stack.enter_async_context(opened(settings))
        stores, revocations, http_url = await operations.connect(urls), Revocations(clock), HttpUrl(settings)
        work = Operations(stores.operations, clock, RandomIds())
        host = Host(settings, peers, revocations, work, telemetry, http_url, step)
        apps = [await stack.enter_async_context(_build(name, urls, host, clock)) for name in here]
        admin = administration(apps, stores, host, clock)
        layers = _layers(settings, telemetry, peers, revocations, key, clock)
        server = RpcServer(settings, _served((*apps, admin)), layers, _elsewhere(settings, peers, here))
        await before_listening()
        address = await stack.enter_async_context(server.listening(socket))
        peers.local.serve(server.local)
        routes, ready = [route for app in apps for route in app.routes], lambda: revocations.known
        http_address = await stack.enter_async_context(HttpServer(settings, telemetry, routes, ready=ready).listening())
        http_url.listens(http_address)
        backgrounds = Backgrounds()
        stack.push_async_callback(backgrounds.stop)
        feed = RemoteRevocations(peers.channel(ACCOUNTS))
        backgrounds.start([Background("revocations", lambda: revocations.run(feed))])
        if ACCOUNTS in here:
            await _until_known(revocations)
        stack.push_async_callback(server.drain)
        health = Health(server, [(names_of(app.served), app.probes) for app in (*apps, admin)], ready)
        backgrounds.start([Background("health", health.run), *(work for app in (*apps, admin) for work in _works(app))])
        runs = Running(address, http_address, here, settings.tls_cert_file is not None, backgrounds.failed)
        _log.info("ready", listens=address, http=http_address, services=list(here), tls=runs.tls, pid=os.getpid())
        yield runs
        _log.info("draining")


def _own(stack: AsyncExitStack, home: Path) -> None:
    try:
        stack.enter_context(locked(home / "tintype"))
    except StoreInUse as error:
        raise HomeInUse(
            "another Tintype runs on this home: stop it, use it, or set TINTYPE_HOME to another folder"
        ) from error


Build = Callable[..., AbstractAsyncContextManager[App]]


def _build(name: str, urls: Urls, host: Host, clock: Clock) -> AbstractAsyncContextManager[App]:
    """Imported only here, so that a process loads no more than it hosts."""
    build = cast(Build, importlib.import_module(f"tintype.{name}.bootstrap").build)
    settings_class = getattr(importlib.import_module(f"tintype.{name}.settings"), f"{name.capitalize()}Settings")
    return build(urls, cast(type[BaseSettings], settings_class)(), host, clock=clock)


def _served(apps: Sequence[App]) -> list[AddToServer]:
    return [add for app in apps for add in app.served]


def _elsewhere(settings: Settings, peers: PeerChannels, here: Sequence[str]) -> dict[str, Handlers]:
    """The services of other processes, so that clients may ask this one for them too."""
    return {
        f"tintype.v1.{service}": forwarded(name, module, service, peers.unsigned(name))
        for name in settings.services
        if name not in here
        for service, module in SERVED_BY.get(name, {}).items()
    }


def _layers(
    settings: Settings,
    telemetry: Telemetry,
    peers: PeerChannels,
    revocations: Revocations,
    key: SigningKey,
    clock: Clock,
) -> list[Layer]:
    """In the order in which a call meets them."""
    accounts = peers.channel(ACCOUNTS)
    authenticator = Authenticator(
        keys=RemoteKeys(accounts),
        key_set=RemoteKeySet(accounts),
        service_key=key,
        audience=settings.audience,
        clock=clock,
    )
    revocations.listen(authenticator.forget)
    rate = RateLimit(per_second=settings.rate_per_second, burst=settings.rate_burst)
    guesses = RateLimit(per_second=settings.rate_per_second, burst=settings.rate_burst)
    return [
        Observed(telemetry, log_of("tintype.rpc"), RandomIds()),
        Overload(settings.max_concurrent_rpcs),
        Guesses(guesses),
        Authenticated(authenticator, revocations),
        rate,
        Deadline(settings.unary_deadline),
    ]


def _works(app: App) -> list[Background]:
    works = [Background(f"{app.name}/{work.name}", work.run) for work in app.backgrounds]
    consume, subscriptions = app.consume, app.subscriptions
    if subscriptions:
        if consume is None:
            raise FailedPrecondition(f"{app.name} hears facts: its App needs `consume`")
        works.append(Background(f"{app.name}/consumer", lambda: consume(app.name, subscriptions)))
    return works


async def _until_known(revocations: Revocations) -> None:
    """Until the first callers can be believed."""
    try:
        async with asyncio.timeout(FIRST_ANSWER_S):
            await revocations.answered.wait()
    except TimeoutError:
        raise Unavailable("accounts did not answer in time at the start; the log says why") from None
