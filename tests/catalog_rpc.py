"""The catalog as its bootstrap wires it, served on a Unix socket behind all layers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from tests.rpc_world import World, bearer

from tintype.catalog.bootstrap import build
from tintype.catalog.settings import CatalogSettings
from tintype.kit.app import App, Host
from tintype.kit.auth.policy import policies_of
from tintype.kit.clock import SystemClock
from tintype.kit.grpc.interceptors import Pipeline
from tintype.kit.ids import RandomIds
from tintype.kit.operations import connect as operations
from tintype.kit.operations.runner import OperationRunner
from tintype.kit.operations.service import Operations
from tintype.kit.settings import Settings
from tintype.kit.urls import Urls
from tintype.v1 import accounts_internal_service_pb2 as accounts_pb
from tintype.v1 import upload_internal_service_pb2 as upload_pb
from tintype.v1.accounts_internal_service_pb2_grpc import (
    AccountsInternalServiceServicer,
    add_AccountsInternalServiceServicer_to_server,
)
from tintype.v1.catalog_internal_service_pb2_grpc import CatalogInternalServiceStub
from tintype.v1.catalog_service_pb2_grpc import CatalogServiceStub
from tintype.v1.upload_internal_service_pb2_grpc import (
    UploadInternalServiceServicer,
    add_UploadInternalServiceServicer_to_server,
)

CATALOG = (
    "tintype.v1.CatalogService",
    "tintype.v1.CatalogInternalService",
    "tintype.v1.AccountsInternalService",
    "tintype.v1.UploadInternalService",
)
HTTP = "http://127.0.0.1:7461"
PARTS = ("database", "events", "blobs", "index", "inference")


class GenerousAccounts(AccountsInternalServiceServicer):
    """Accounts in which everybody may store everything."""

    async def GetUserLimits(
        self, request: accounts_pb.GetUserLimitsRequest, context: object
    ) -> accounts_pb.GetUserLimitsResponse:
        return accounts_pb.GetUserLimitsResponse()


class OneUpload(UploadInternalServiceServicer):
    """Upload in which everybody has one of 700 bytes under way."""

    async def GetOpenUploads(
        self, request: upload_pb.GetOpenUploadsRequest, context: object
    ) -> upload_pb.GetOpenUploadsResponse:
        return upload_pb.GetOpenUploadsResponse(uploading_bytes=700, uploads=1)


@dataclass(frozen=True)
class OnePeer:
    """Every other service is behind one channel, called with the service token."""

    only: grpc.aio.Channel

    def channel(self, service: str) -> grpc.aio.Channel:
        return self.only


@dataclass(frozen=True)
class Served:
    """What a test calls: as a user, and as another service."""

    world: World
    app: App
    catalog: CatalogServiceStub
    internal: CatalogInternalServiceStub
    runner: OperationRunner
    operations: Operations

    def user(self, user_id: str = "ann") -> list[tuple[str, str]]:
        return bearer(self.world.token(user_id=user_id))

    def service(self) -> list[tuple[str, str]]:
        return bearer(self.world.service_token())


class WithServiceToken(grpc.aio.UnaryUnaryClientInterceptor):
    """Signs what the catalog asks of accounts."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def intercept_unary_unary(self, continuation, client_call_details, request):  # type: ignore[no-untyped-def]
        details = client_call_details._replace(metadata=grpc.aio.Metadata(*bearer(self._world.service_token())))
        return await continuation(details, request)


@asynccontextmanager
async def served_catalog(home: Path, socket: Path) -> AsyncIterator[Served]:
    """Serve the catalog in this folder."""
    world = World()
    await world.revocations.poll(world.accounts)
    settings = Settings(home=home)
    async with AsyncExitStack() as opened:
        urls = await opened.enter_async_context(Urls.opened(**{part: settings.url(part) for part in PARTS}))
        stores = await operations.connect(urls)
        ids, clock = RandomIds(), SystemClock()
        peer = grpc.aio.insecure_channel(f"unix:{socket}", interceptors=[WithServiceToken(world)])
        opened.push_async_callback(peer.close)
        running = Operations(stores.operations, clock, ids)
        host = Host(settings, OnePeer(peer), world.revocations, running, world.telemetry, lambda: HTTP)
        app = await opened.enter_async_context(build(urls, CatalogSettings(), host))
        runner = OperationRunner(stores.operations, clock, ids)
        for operated in app.operations:
            runner.register(operated.kind, operated.work, subject=operated.subject)
        server = grpc.aio.server(interceptors=[Pipeline(policies_of(CATALOG), world.layers())])
        for add in app.served:
            add(server)
        add_AccountsInternalServiceServicer_to_server(GenerousAccounts(), server)
        add_UploadInternalServiceServicer_to_server(OneUpload(), server)
        server.add_insecure_port(f"unix:{socket}")
        await server.start()
        opened.push_async_callback(server.stop, 0)
        channel = grpc.aio.insecure_channel(f"unix:{socket}")
        opened.push_async_callback(channel.close)
        yield Served(world, app, CatalogServiceStub(channel), CatalogInternalServiceStub(channel), runner, running)
