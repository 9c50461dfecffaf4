"""What a service is made of, as its bootstrap tells the host. A service's `bootstrap.py` has

    @asynccontextmanager
    async def build(
        urls: Urls, settings: CatalogSettings, host: Host, *, clock: Clock | None = None
    ) -> AsyncIterator[App]:
        async with AsyncExitStack() as opened:
            ...                                       # connect adapters, make use cases
            app = App("catalog", stream=stream)       # also of those that do not publish: administrators see it
            app.serve(add_CatalogServiceServicer_to_server, CatalogHandlers(catalog))
            app.publish(photos.outbox, convert.fact_to_event)
            yield app                                 # the host serves it until the process ends

and a `settings.py` with one frozen `BaseSettings` named like the service: `CatalogSettings`. `build` connects and
wires; it calls no peer and starts no task: no server listens yet. The host reads the settings, enters every `build`,
starts the server, then publishers, consumers, sweeps and background work, and leaves in reverse.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, Protocol, TypeVar, cast

import grpc
from aiohttp import web
from google.protobuf.message import Message

from tintype.kit.admin.ports import Queues
from tintype.kit.auth.caller import Caller
from tintype.kit.auth.ports import RevocationSink
from tintype.kit.clock import Clock
from tintype.kit.errors import FailedPrecondition
from tintype.kit.fact import Event
from tintype.kit.operations.domain import ConsumerStatus, ModelPackStatus, OperationKind
from tintype.kit.operations.registry import Check, Statistics
from tintype.kit.operations.runner import Work as OperationWork
from tintype.kit.operations.service import Operations
from tintype.kit.outbox import Outbox
from tintype.kit.publisher import FactToEvent, Publisher, enveloped
from tintype.kit.settings import Settings
from tintype.kit.steps import Step, no_step
from tintype.kit.telemetry import Telemetry

F = TypeVar("F")
M = TypeVar("M", bound=Message)
S = TypeVar("S")

Work = Callable[[], Awaitable[None]]


class Peers(Protocol):
    """The other services, wherever they are."""

    def channel(self, service: str) -> grpc.aio.Channel:
        """The channel to `service` ("catalog", "accounts", ...), always the same one; made without waiting.

        It signs calls with the service token, gives those without a deadline one, and tries UNAVAILABLE again. Make
        the stub from it in the bootstrap; call it only once the server runs. Raises PeerMissing if nobody said where
        it is, which ends the start.
        """


class RevocationDesk(RevocationSink, Protocol):
    """Takes what is revoked, and says what is."""

    def check(self, caller: Caller) -> None:
        """Raises Unauthenticated if the caller was revoked, Unavailable if nobody can say."""


@dataclass(frozen=True, slots=True)
class Host:
    """What the process offers to the bootstraps of its services.

    `operations` starts, shows and stops long work; `revocations` takes what accounts revokes, and says whether a
    credential still counts; `telemetry.registry` takes metrics. `http_url` says where clients reach the HTTP port; it
    raises Unavailable until that listens, so ask when a call needs it. `step` is told what is about to be done, or was
    just done, where a crash would leave something half done.
    """

    settings: Settings
    peers: Peers
    revocations: RevocationDesk
    operations: Operations
    telemetry: Telemetry
    http_url: Callable[[], str]
    step: Step = no_step


class FactStream(Queues, Protocol):
    """As much of the stream of facts as publishing and administration need."""

    async def publish(self, events: Sequence[Event]) -> None:
        """Append facts; returns once they are durable."""


@dataclass(frozen=True, slots=True)
class Subscription(Generic[M]):
    """A fact that the service hears, by its message class, and what hears it."""

    message: type[M]
    handler: Callable[[M], Awaitable[None]]


Probe = Callable[[], Awaitable[object]]


class Consume(Protocol):
    """The consumer loop of a service."""

    @property
    def blocked_by(self) -> str:
        """The dependency whose absence makes it wait; empty if it runs."""

    async def __call__(self, name: str, subscriptions: Sequence[Subscription[Message]], /) -> None:
        """Hear the facts of a service through the consumer of this name, until cancelled."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path of the HTTP port; `path` in the form of aiohttp, as in /media/{token}."""

    method: str
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Work that repairs: run every `every` by the process that holds the lease of its name, or by hand.

    `run` returns how many things it repaired.
    """

    name: str
    purpose: str
    every: timedelta
    run: Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Operated:
    """The work of a kind of operation, and of some kinds of one subject only."""

    kind: OperationKind
    work: OperationWork
    subject: str


@dataclass(frozen=True, slots=True)
class Background:
    """Work for as long as the process lives; one that ends with an error ends the process."""

    name: str
    run: Work


@dataclass(slots=True)
class App:
    """What one service offers. `consume(name, subscriptions)` is the consumer loop of `events`, bound to a stream."""

    name: str
    stream: FactStream | None = None
    consume: Consume | None = None
    served: list[Callable[[grpc.aio.Server], None]] = field(default_factory=list)
    subscriptions: list[Subscription[Message]] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    sweeps: list[Sweep] = field(default_factory=list)
    operations: list[Operated] = field(default_factory=list)
    checks: list[tuple[str, Check]] = field(default_factory=list)
    models_of: list[Callable[[], Sequence[ModelPackStatus]]] = field(default_factory=list)
    statistics_of: list[Statistics] = field(default_factory=list)
    consumers_of: list[Callable[[], Sequence[ConsumerStatus]]] = field(default_factory=list)
    backgrounds: list[Background] = field(default_factory=list)
    probes: dict[str, Probe] = field(default_factory=dict)

    def serve(self, add_to_server: Callable[[S, grpc.aio.Server], None], servicer: S) -> None:
        """Serve the RPCs of a generated servicer. The process refuses to start if one of them has no policy."""
        self.served.append(lambda server: add_to_server(servicer, server))

    def publish(
        self, outbox: Outbox[F], fact_to_event: FactToEvent[F], *, clock: Clock | None = None, step: Step = no_step
    ) -> None:
        """Publish what is written to `outbox` at once, and what was left every 30 s (sweep S1). Needs `stream`.

        `fact_to_event` gives the message of `events.proto`, alone or with its Priority; `clock` is the one that the
        facts are written by.
        """
        if self.stream is None:
            raise FailedPrecondition(f"{self.name} publishes facts: its App needs the stream")
        publisher = Publisher(outbox, enveloped(fact_to_event), self.stream.publish, clock=clock, step=step)
        self.background("publisher", publisher.run)

    def subscribe(self, message: type[M], handler: Callable[[M], Awaitable[None]]) -> None:
        """Hear a fact through the durable consumer that has the service's name. Needs `consume`."""
        self.subscriptions.append(cast(Subscription[Message], Subscription(message, handler)))

    def route(self, method: str, path: str, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> None:
        """Answer a path of the HTTP port; the handler checks for itself who asks."""
        self.routes.append(Route(method, path, handler))

    def sweep(self, name: str, purpose: str, *, every: timedelta, run: Callable[[], Awaitable[int]]) -> None:
        """Repair something regularly, under the lease `name` (S2, S3, ...)."""
        self.sweeps.append(Sweep(name, purpose, every, run))

    def operation(self, kind: OperationKind, work: OperationWork, *, subject: str = "") -> None:
        """Run operations of this kind (and subject) in this process; see `OperationRunner.register`."""
        self.operations.append(Operated(kind, work, subject))

    def background(self, name: str, run: Work) -> None:
        """Run for as long as the process lives; cancelled at its end. One that ends with an error ends the process."""
        self.backgrounds.append(Background(name, run))

    def needs(self, **probes: Probe) -> None:
        """Say NOT_SERVING while one of these dependencies is away: its probe raises, or takes longer than 2 s."""
        self.probes.update(probes)

    def check(self, name: str, check: Check) -> None:
        """Answer a question of `doctor`, with every heartbeat: keep it cheap."""
        self.checks.append((name, check))

    def models(self, models: Callable[[], Sequence[ModelPackStatus]]) -> None:
        """State these model packs to administrators."""
        self.models_of.append(models)

    def consumers(self, consumers: Callable[[], Sequence[ConsumerStatus]]) -> None:
        """State these consumers to administrators."""
        self.consumers_of.append(consumers)

    def statistics(self, count: Statistics) -> None:
        """Count something for administrators, by names such as photos or users."""
        self.statistics_of.append(count)
