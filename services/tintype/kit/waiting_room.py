"""Listens in place of services that cannot run yet, so that whoever calls is told why instead of finding nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Final

import grpc
from aiohttp import web
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from tintype.kit.errors import Unavailable
from tintype.kit.grpc.calls import Context
from tintype.kit.grpc.errors import DETAILS, status_of
from tintype.kit.grpc.server import listen_on
from tintype.kit.http import listening_on
from tintype.kit.settings import Settings

AGAIN: Final = timedelta(seconds=5)  # when callers should try again
_HEALTH: Final = "/grpc.health.v1.Health/"


@asynccontextmanager
async def waiting_room(settings: Settings, services: Sequence[str], why: Callable[[], str]) -> AsyncIterator[None]:
    """Answer for the services until the block is left, which is to be right before they listen themselves.

    Each call is UNAVAILABLE and each service NOT_SERVING; of the HTTP port /healthz says 503, and /metrics is there,
    for a process that waits is alive. A port that the system is to choose is not listened on: nobody knows it yet.

    Args:
        settings: of the process.
        services: the full names of their gRPC services.
        why: what callers are told, in a sentence.

    Raises: AddressTaken, Unavailable if somebody else listens there.
    """
    async with AsyncExitStack() as stack:
        if settings.port:
            await stack.enter_async_context(_refusing_calls(settings, services, why))
        if settings.http_port:
            await stack.enter_async_context(listening_on(_refusing_requests(why), settings))
        yield


@asynccontextmanager
async def _refusing_calls(settings: Settings, services: Sequence[str], why: Callable[[], str]) -> AsyncIterator[None]:
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)], maximum_concurrent_rpcs=settings.max_concurrent_rpcs)
    states = health.aio.HealthServicer()
    for service in ("", *services):
        await states.set(service, health_pb2.HealthCheckResponse.NOT_SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(states, server)
    server.add_generic_rpc_handlers([_Refusing(why)])
    listen_on(server, settings)
    await server.start()
    try:
        yield
    finally:
        await server.stop(0)


class _Refusing(grpc.GenericRpcHandler):
    """Refuses every call but those that ask how we are."""

    def __init__(self, why: Callable[[], str]) -> None:
        self._why = why

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        if handler_call_details.method.startswith(_HEALTH):
            return None
        return grpc.stream_stream_rpc_method_handler(self._refuse)  # which takes calls of every shape

    async def _refuse(self, requests: AsyncIterator[bytes], context: Context) -> None:
        del requests
        status = status_of(Unavailable(self._why(), retry_after=AGAIN))
        await context.abort(grpc.StatusCode.UNAVAILABLE, status.message, ((DETAILS, status.SerializeToString()),))


def _refusing_requests(why: Callable[[], str]) -> web.Application:
    async def healthz(request: web.Request) -> web.Response:
        del request
        return web.Response(status=503, text=f"not ready: {why()}\n")

    async def metrics(request: web.Request) -> web.Response:
        del request
        return web.Response()

    async def anything(request: web.Request) -> web.Response:
        del request
        body = {"reason": Unavailable.reason, "message": why()}
        return web.json_response(body, status=503, headers={"Retry-After": str(int(AGAIN.total_seconds()))})

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", metrics)
    app.router.add_route("*", "/{path:.*}", anything)
    return app
