"""The small HTTP port of a process: metrics, health, and what services add to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from grpc import StatusCode
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from tintype.kit.app import Route
from tintype.kit.errors import DomainError, Unavailable
from tintype.kit.grpc.answers import UNEXPECTED, answer_to
from tintype.kit.grpc.server import ssl_context
from tintype.kit.ids import RandomIds
from tintype.kit.log import log_of
from tintype.kit.settings import Settings
from tintype.kit.telemetry import Telemetry

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STATUS: Final = {  # as the REST bridge maps them
    StatusCode.INVALID_ARGUMENT: 400,
    StatusCode.OUT_OF_RANGE: 416,
    StatusCode.NOT_FOUND: 404,
    StatusCode.ALREADY_EXISTS: 409,
    StatusCode.ABORTED: 409,
    StatusCode.FAILED_PRECONDITION: 400,
    StatusCode.UNAUTHENTICATED: 401,
    StatusCode.PERMISSION_DENIED: 403,
    StatusCode.RESOURCE_EXHAUSTED: 429,
    StatusCode.UNAVAILABLE: 503,
    StatusCode.DEADLINE_EXCEEDED: 504,
}
_log: Final = log_of(__name__)


class HttpUrl:
    """Where clients reach the HTTP port: the public URL that was set, or else where the port listens."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.public_url

    def __call__(self) -> str:
        """Without a slash at its end. Raises Unavailable until the port listens."""
        if not self._url:
            raise Unavailable("the HTTP port does not listen yet")
        return self._url.rstrip("/")

    def listens(self, url: str) -> None:
        """The port listens there; what was set as the public URL stays."""
        self._url = self._url or url


class HttpServer:
    """Serves GET /metrics, GET /healthz (503 while `ready` says no) and the routes of the services."""

    def __init__(
        self, settings: Settings, telemetry: Telemetry, routes: Sequence[Route], *, ready: Callable[[], bool]
    ) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self._ready = ready
        self._app = web.Application(middlewares=[_answered])
        self._app.router.add_get("/metrics", self._metrics)
        self._app.router.add_get("/healthz", self._healthz)
        for route in routes:
            self._app.router.add_route(route.method, route.path, route.handler)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """See `listening_on`."""
        async with listening_on(self._app, self._settings) as url:
            yield url

    async def _metrics(self, request: web.Request) -> web.Response:
        del request
        body = await asyncio.to_thread(self._telemetry.rendered)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _healthz(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text="ok\n") if self._ready() else web.Response(status=503, text="not ready\n")


@asynccontextmanager
async def listening_on(app: web.Application, settings: Settings) -> AsyncIterator[str]:
    """Listen where the settings say; gives the base URL. Leaving lets requests end within the grace.

    Raises: Unavailable if somebody else listens there.
    """
    context = ssl_context(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=settings.grace.total_seconds(), handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.http_host, settings.http_port, ssl_context=context)
        try:
            await site.start()
        except OSError as error:
            address = f"{settings.http_host}:{settings.http_port}"
            message = f"cannot listen on {address}: is another server there? (TINTYPE_HTTP_PORT)"
            raise Unavailable(message) from error
        port = runner.addresses[0][1]
        host = f"[{settings.http_host}]" if ":" in settings.http_host else settings.http_host
        yield f"{'https' if context else 'http'}://{host}:{port}"
    finally:
        await runner.cleanup()


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a failure by the one table; the path is not logged, for it may be a signed URL."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except DomainError as error:
        answer = answer_to(error)
        retry = {"Retry-After": "1"} if isinstance(error, Unavailable) else None
        return web.json_response(
            {"reason": error.reason, "message": error.message}, status=_STATUS.get(answer.status, 500), headers=retry
        )
    except ConnectionError:
        raise  # the client went away
    except Exception as error:
        request_id = RandomIds().new()
        _log.error("http_failed", code=UNEXPECTED.status.name, request_id=request_id, exc_info=error)
        return web.json_response(
            {"reason": "INTERNAL", "message": "internal error", "request_id": request_id}, status=500
        )
