"""One connection: signs calls, gives them deadlines, tries again what is safe to, and turns failures into errors."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import grpc
from google.protobuf.message import Message

from tintype.v1 import account_pb2
from tintype.v1 import accounts_service_pb2 as accounts_pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype_sdk.credentials import Tokens, TokenStore
from tintype_sdk.errors import TintypeError, Unauthenticated, Unavailable, error_of
from tintype_sdk.lifetimes import Lifetimes

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)
T = TypeVar("T")
Metadata = tuple[tuple[str, str], ...]

DEADLINE_S: Final = 30.0

# UNAVAILABLE is the one answer that is safe to repeat; creating calls carry a request_id, so that repeating meets the
# first result. What signs up, signs in or makes keys has none, and is left out.
_REPEATABLE: Final = [
    {"service": f"tintype.v1.{name}"}
    for name in (
        "AdminService",
        "AlbumService",
        "CatalogService",
        "EmbedService",
        "EventService",
        "MediaService",
        "OperationService",
        "SearchService",
    )
] + [
    {"service": "tintype.v1.UploadService", "method": method}
    for method in ("CreateUpload", "GetUpload", "CompleteUpload", "CancelUpload", "CheckPhotos")
]
_SERVICE_CONFIG: Final = json.dumps(
    {
        "methodConfig": [
            {
                "name": _REPEATABLE,
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ],
        "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
    }
)
_OPTIONS: Final = [
    ("grpc.service_config", _SERVICE_CONFIG),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.max_receive_message_length", 8 * 1024 * 1024),
]


class InsecureAddress(TintypeError):
    """Credentials would travel in plain text."""


def open_channel(address: str, *, ca_file: Path | None = None, plain_text: bool | None = None) -> grpc.aio.Channel:
    """A channel; TLS unless the server is this machine.

    Args:
        address: host:port, or unix:path.
        ca_file: what the server's certificate is checked against, if not the system's authorities; asks for TLS.
        plain_text: True allows plain text beyond this machine, False asks for TLS even here.

    Raises: InsecureAddress.
    """
    if plain_text or (plain_text is None and ca_file is None and is_local(address)):
        return grpc.aio.insecure_channel(address, options=_OPTIONS)
    root = ca_file.read_bytes() if ca_file else None
    return grpc.aio.secure_channel(address, grpc.ssl_channel_credentials(root), options=_OPTIONS)


def is_local(address: str) -> bool:
    """Whether a server is on this machine, so that nothing that is sent to it leaves the machine."""
    if address.startswith("unix:"):
        return True
    host = address.rpartition(":")[0].strip("[]")
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class Connection:
    """Makes calls over one channel, as one user.

    Where the server does not take an access token (any more), it is refreshed and the call made once more: the clock
    that says when a token ends is the server's.
    """

    def __init__(
        self, channel: grpc.aio.Channel, *, key: str, tokens: TokenStore, lifetimes: Lifetimes | None = None
    ) -> None:
        self.channel = channel
        self._key = key
        self._tokens = tokens
        self._lifetimes = lifetimes or Lifetimes()
        self._refreshing = asyncio.Lock()
        self._accounts = AccountsServiceStub(channel)

    @property
    def tokens(self) -> TokenStore:
        """Where the session's tokens are."""
        return self._tokens

    def begin(self, tokens: account_pb2.SessionTokens, *, user_name: str) -> None:
        """Sign calls with the tokens of a new session."""
        self._tokens.save(self._lifetimes.begun(tokens, user_name=user_name))

    async def call(
        self,
        method: Callable[..., Awaitable[object]],
        request: Request,
        answer: type[Response],
        *,
        timeout: float = DEADLINE_S,
        signed: bool = True,
    ) -> Response:
        """Make a unary call. Raises TintypeError."""

        async def made(metadata: Metadata) -> Response:
            try:
                response = await method(request, timeout=timeout, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                raise error_of(error) from error
            assert isinstance(response, answer)
            return response

        return await (self._signed(made) if signed else made(()))

    async def send(
        self,
        method: Callable[..., Awaitable[object]],
        requests: Callable[[], AsyncIterable[Request]],
        answer: type[Response],
        *,
        timeout: float,
    ) -> Response:
        """Send a stream, which `requests` begins, and wait for its one answer.

        Raises TintypeError, and what the stream raises.
        """

        async def made(metadata: Metadata) -> Response:
            sending = _Sending(requests())
            try:
                response = await method(sending.all(), timeout=timeout, metadata=metadata)
            except grpc.aio.AioRpcError as error:
                raise error_of(error) from error
            except asyncio.CancelledError as error:
                if _told_to_stop():
                    raise
                # grpc.aio cancels a call of its own accord when it cannot send the rest of a stream.
                raise sending.failed or Unavailable("the connection broke while the call was being sent") from error
            assert isinstance(response, answer)
            return response

        return await self._signed(made)

    async def receive(
        self, method: Callable[..., object], request: Request, answer: type[Response], *, timeout: float | None = None
    ) -> AsyncIterator[Response]:
        """Receive a stream; breaking off ends the call. Raises TintypeError."""

        async def begun(metadata: Metadata) -> tuple[grpc.aio.UnaryStreamCall[Request, Response], object]:
            call = method(request, timeout=timeout, metadata=metadata)
            assert isinstance(call, grpc.aio.UnaryStreamCall)
            return call, await _next(call)

        call, response = await self._signed(begun)
        try:
            while response is not grpc.aio.EOF:
                assert isinstance(response, answer)
                yield response
                response = await _next(call)
        finally:
            call.cancel()

    async def _signed(self, made: Callable[[Metadata], Awaitable[T]]) -> T:
        """Make a call with our credential; the server looks at it before it does anything, so that twice is safe."""
        if self._key:
            return await made((("x-api-key", self._key),))
        access_token = await self._access_token()
        try:
            return await made(_bearer(access_token))
        except Unauthenticated as error:
            if error.reason != "CREDENTIAL_INVALID":
                raise
            refused = error
        try:
            access_token = await self._access_token(refused=access_token)
        except Unauthenticated:
            raise refused from None  # the session has ended
        return await made(_bearer(access_token))

    async def _access_token(self, *, refused: str = "") -> str:
        """The newest, of which the server has not refused to take it."""
        tokens = self._loaded()
        if tokens.access_token == refused or self._lifetimes.due(tokens):
            tokens = await self._refresh(refused)
        return tokens.access_token

    async def _refresh(self, refused: str) -> Tokens:
        """Trade the refresh token, once for all calls that wait; another program may have done it meanwhile."""
        async with self._refreshing, self._tokens.exclusive():
            tokens = self._loaded()
            if tokens.access_token != refused and not self._lifetimes.due(tokens):
                return tokens
            request = accounts_pb.RefreshSessionRequest(refresh_token=tokens.refresh_token)
            answer = accounts_pb.RefreshSessionResponse
            response = await self.call(self._accounts.RefreshSession, request, answer, signed=False)
            fresh = self._lifetimes.begun(response.tokens, user_name=tokens.user_name)
            self._tokens.save(fresh)
            return fresh

    def _loaded(self) -> Tokens:
        tokens = self._tokens.load()
        if tokens is None:
            raise Unauthenticated("nobody is signed in", reason="CREDENTIAL_MISSING")
        return tokens


@dataclass
class _Sending(Generic[Request]):
    """Requests on their way; `failed` is what their source raised, which grpc.aio keeps to itself."""

    requests: AsyncIterable[Request]
    failed: Exception | None = None

    async def all(self) -> AsyncIterator[Request]:
        try:
            async for request in self.requests:
                yield request
        except Exception as error:
            self.failed = error
            raise


async def _next(call: grpc.aio.UnaryStreamCall[Request, Response]) -> object:
    """The next message of a stream, or EOF."""
    try:
        return await call.read()
    except grpc.aio.AioRpcError as error:
        raise error_of(error) from error


def _bearer(access_token: str) -> Metadata:
    return (("authorization", f"Bearer {access_token}"),)


def _told_to_stop() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
