"""A server whose clock is not the client's: sessions as accounts has them, and a call of each shape that needs one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from tintype.v1 import account_pb2, media_service_pb2, upload_service_pb2
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceServicer, add_AccountsServiceServicer_to_server
from tintype.v1.media_service_pb2_grpc import MediaServiceServicer, add_MediaServiceServicer_to_server
from tintype.v1.upload_service_pb2_grpc import UploadServiceServicer, add_UploadServiceServicer_to_server
from tintype_sdk import Client, MemoryTokens
from tintype_sdk.connection import Connection, open_channel
from tintype_sdk.credentials import TokenStore
from tintype_sdk.lifetimes import Lifetimes

LIFETIME_S = 15 * 60
Context = grpc.aio.ServicerContext[Message, Message]


@dataclass
class Hours:
    """What the clocks say: the server's, and both of the client's."""

    server: float = datetime(2026, 5, 1, 12, tzinfo=UTC).timestamp()
    wall: float = 0.0
    steady: float = 77.0

    def pass_(self, minutes: float) -> None:
        self.server += 60 * minutes
        self.wall += 60 * minutes
        self.steady += 60 * minutes

    def lifetimes(self) -> Lifetimes:
        return Lifetimes(wall=lambda: self.wall, steady=lambda: self.steady)


class Rotating(AccountsServiceServicer, UploadServiceServicer, MediaServiceServicer):
    """Trades a refresh token once; the second time ends the session."""

    def __init__(self, hours: Hours, *, old: bool = False) -> None:
        self.hours = hours
        self.old = old  # a server that does not tell lifetimes
        self.stern = False  # refuses every access token
        self.over = False
        self.trades = 0
        self.refusals = 0
        self._expire = 0.0

    async def SignIn(self, request: pb.SignInRequest, context: Context) -> pb.SignInResponse:
        return pb.SignInResponse(tokens=self._tokens(), user=account_pb2.User(user_name=request.user_name))

    async def RefreshSession(self, request: pb.RefreshSessionRequest, context: Context) -> pb.RefreshSessionResponse:
        if self.over or request.refresh_token != f"refresh-{self.trades}":
            self.over = True
            await refuse(context, "REFRESH_TOKEN_INVALID")
        self.trades += 1
        return pb.RefreshSessionResponse(tokens=self._tokens())

    async def GetAccount(self, request: pb.GetAccountRequest, context: Context) -> pb.GetAccountResponse:
        await self._admit(context)
        return pb.GetAccountResponse(user=account_pb2.User(user_name="ann"))

    async def UploadPhoto(
        self, request_iterator: AsyncIterator[upload_service_pb2.UploadPhotoRequest], context: Context
    ) -> upload_service_pb2.UploadPhotoResponse:
        await self._admit(context)
        size = 0
        async for request in request_iterator:
            size += len(request.chunk.data)
        return upload_service_pb2.UploadPhotoResponse(already_existed=size == 3)

    async def Download(
        self, request: media_service_pb2.DownloadRequest, context: Context
    ) -> AsyncIterator[media_service_pb2.DownloadResponse]:
        await self._admit(context)
        for data in (b"a", b"bc"):
            yield media_service_pb2.DownloadResponse(data=data)

    async def _admit(self, context: Context) -> None:
        said = dict(context.invocation_metadata() or ()).get("authorization")
        current = said == f"Bearer access-{self.trades}" and self.hours.server < self._expire
        if self.over or self.stern or not current:
            self.refusals += 1
            await refuse(context, "CREDENTIAL_INVALID")

    def _tokens(self) -> account_pb2.SessionTokens:
        self._expire = self.hours.server + LIFETIME_S
        tokens = account_pb2.SessionTokens(
            access_token=f"access-{self.trades}",
            access_expire_time=datetime.fromtimestamp(self._expire, UTC),
            refresh_token=f"refresh-{self.trades}",
        )
        if not self.old:
            tokens.access_lifetime.FromTimedelta(timedelta(seconds=LIFETIME_S))
        return tokens


async def refuse(context: Context, reason: str) -> None:
    detail = Any()
    detail.Pack(error_details_pb2.ErrorInfo(reason=reason, domain="tintype"))
    status = status_pb2.Status(code=code_pb2.UNAUTHENTICATED, message=reason.lower(), details=[detail])
    await context.abort_with_status(rpc_status.to_status(status))


@asynccontextmanager
async def serving(service: Rotating, folder: Path) -> AsyncIterator[str]:
    """The address at which it serves."""
    server, address = grpc.aio.server(), f"unix:{folder / 'socket'}"
    add_AccountsServiceServicer_to_server(service, server)
    add_UploadServiceServicer_to_server(service, server)
    add_MediaServiceServicer_to_server(service, server)
    server.add_insecure_port(address)
    await server.start()
    try:
        yield address
    finally:
        await server.stop(None)


@asynccontextmanager
async def client_of(address: str, hours: Hours, tokens: TokenStore | None = None) -> AsyncIterator[Client]:
    """A program that uses the SDK on a machine with these clocks."""
    async with open_channel(address) as channel:
        yield Client(Connection(channel, key="", tokens=tokens or MemoryTokens(), lifetimes=hours.lifetimes()))
