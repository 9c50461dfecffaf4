"""The gRPC servers of a process: one for the world, one for its own services over a Unix socket."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias, cast

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from tintype.kit.auth.policy import policies_of
from tintype.kit.errors import Unavailable
from tintype.kit.grpc.calls import Layer
from tintype.kit.grpc.interceptors import Handler, Pipeline
from tintype.kit.grpc.layers import Watches
from tintype.kit.grpc.local import Guarded
from tintype.kit.grpc.proxies import TrustedProxies
from tintype.kit.settings import Settings

AddToServer = Callable[[grpc.aio.Server], None]
Handlers: TypeAlias = "Mapping[str, grpc.RpcMethodHandler[object, object]]"

_SECOND: Final = 1000  # milliseconds
_MINUTE: Final = 60 * _SECOND


class AddressTaken(Unavailable):
    """Somebody else listens there, or the address is not ours."""


class _Collector:
    """Takes what generated code adds to a server: a grpc.aio.Server as far as that goes."""

    def __init__(self) -> None:
        self.generic: list[grpc.GenericRpcHandler] = []
        self.registered: dict[str, Handlers] = {}

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        self.generic += handlers

    def add_registered_method_handlers(self, service: str, handlers: Handlers) -> None:
        self.registered[service] = handlers


def names_of(added: Sequence[AddToServer]) -> tuple[str, ...]:
    """The full names of the gRPC services that these add."""
    collected = _Collector()
    for add in added:
        add(cast(grpc.aio.Server, collected))
    return tuple(sorted(collected.registered))


class RpcServer:
    """Serves what was added, and passes on what is elsewhere, behind the layers.

    Raises PolicyMissing if an RPC does not say who may call it.
    """

    def __init__(
        self,
        settings: Settings,
        added: Sequence[AddToServer],
        layers: Sequence[Layer],
        elsewhere: Mapping[str, Handlers] | None = None,
    ) -> None:
        self._settings = settings
        self._health = health.aio.HealthServicer()
        self._watches = Watches()
        collected = _Collector()
        server = cast(grpc.aio.Server, collected)
        for add in added:
            add(server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        self.services = tuple(sorted(collected.registered))  # of others it does not say whether they are well
        collected.registered |= elsewhere or {}
        names = (*self.services, *(elsewhere or {}), reflection.SERVICE_NAME)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(reflection.aio.ReflectionServicer(names), server)
        pipeline = Pipeline(
            policies_of(collected.registered), [*layers, self._watches], TrustedProxies(settings.trusted_proxies)
        )
        self.local = _local(pipeline, {service: collected.registered[service] for service in self.services})
        limit = settings.max_concurrent_rpcs
        self._public = _server(settings, collected, pipeline, limits=_PUBLIC, most=2 * limit)  # Overload refuses first
        self._internal = _server(settings, collected, pipeline, limits=(), most=None)

    @asynccontextmanager
    async def listening(self, socket: Path) -> AsyncIterator[str]:
        """Listen, also on a Unix socket for the process's own services; gives the address clients use.

        Leaving the block cuts off what is left; `drain` first. Raises AddressTaken.
        """
        address = listen_on(self._public, self._settings)
        self._internal.add_insecure_port(f"unix:{socket}")
        await self._internal.start()
        await self._public.start()
        for name in ("", *self.services):
            await self.set_serving(serving=True, service=name)
        try:
            yield address
        finally:
            await self._public.stop(0)
            await self._internal.stop(0)

    async def set_serving(self, *, serving: bool, service: str = "") -> None:
        """Say of one service, or of the process (""), whether it has what it needs."""
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        await self._health.set(service, status)

    async def drain(self) -> None:
        """Say NOT_SERVING, give balancers time to see it, take no more calls, let those in flight end, then cut.

        Watches end at once with UNAVAILABLE: their clients go on elsewhere from where they were. The process's own
        services still reach each other.
        """
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(self._settings.drain.total_seconds())
        self._watches.end()
        await self._public.stop(self._settings.grace.total_seconds())


def _local(pipeline: Pipeline, registered: Mapping[str, Handlers]) -> dict[str, Guarded]:
    """The unary calls, for services of this process to make without a socket."""
    return {
        method: pipeline.unary(method, handler)
        for service, handlers in registered.items()
        for method, handler in ((f"/{service}/{name}", cast(Handler, each)) for name, each in handlers.items())
        if not handler.request_streaming and not handler.response_streaming
    }


def _server(
    settings: Settings, handlers: _Collector, pipeline: Pipeline, *, limits: Sequence[tuple[str, int]], most: int | None
) -> grpc.aio.Server:
    options = [
        ("grpc.so_reuseport", 0),  # a taken port is an error, not a second server behind it
        ("grpc.max_receive_message_length", settings.max_message_bytes),
        ("grpc.max_send_message_length", 4 * settings.max_message_bytes),
        ("grpc.server.max_pending_requests", 20_000),  # above 1,000, its default, the core cancels at random
        ("grpc.server.max_pending_requests_hard_limit", 40_000),
        ("grpc.http2.min_ping_interval_without_data_ms", 30 * _SECOND),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 30 * _SECOND),
        ("grpc.keepalive_permit_without_calls", 1),
        *limits,
    ]
    server = grpc.aio.server(interceptors=[pipeline], options=options, maximum_concurrent_rpcs=most)
    server.add_generic_rpc_handlers(handlers.generic)
    for service, methods in handlers.registered.items():
        server.add_registered_method_handlers(service, dict(methods))
    return server


_PUBLIC: Final = (
    ("grpc.max_connection_age_ms", 30 * _MINUTE),  # so that balancers spread old clients over new servers
    ("grpc.max_connection_age_grace_ms", _MINUTE),
)


def listen_on(server: grpc.aio.Server, settings: Settings) -> str:
    """Bind the address of the settings before the server starts; returns it. Raises AddressTaken."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"{host}:{settings.port}"
    credentials = server_credentials(settings)
    try:
        if credentials is None:
            port = server.add_insecure_port(address)
        else:
            port = server.add_secure_port(address, credentials)
    except RuntimeError as error:
        raise AddressTaken(f"cannot listen on {address}: is another server there? (TINTYPE_PORT)") from error
    return f"{host}:{port}"


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """The listener's certificate, None for plain text. gRPC's own TLS starts at 1.2."""
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return None
    pair = (settings.tls_key_file.read_bytes(), settings.tls_cert_file.read_bytes())
    return grpc.ssl_server_credentials([pair])


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """The same certificate for the HTTP port, None for plain text."""
    if settings.tls_cert_file is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.tls_cert_file, settings.tls_key_file)
    return context
