"""One connection: signs calls, gives them deadlines, tries again what is safe to, and turns failures into errors."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import grpc
from google.protobuf.message import Message

from tintype.v1 import accounts_service_pb2 as accounts_pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub
from tintype_sdk.credentials import Tokens, TokenStore
from tintype_sdk.errors import TintypeError, Unauthenticated, Unavailable, error_of

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)

DEADLINE_S: Final = 30.0
_EARLY_S: Final = 60.0  # a token is refreshed so long before it ends, so that none ends on its way

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
    """Makes calls over one channel, as one user."""

    def __init__(self, channel: grpc.aio.Channel, *, key: str, tokens: TokenStore) -> None:
        self.channel = channel
        self._key = key
        self._tokens = tokens
        self._refreshing = asyncio.Lock()
        self._accounts = AccountsServiceStub(channel)

    @property
    def tokens(self) -> TokenStore:
        """Where the session's tokens are."""
        return self._tokens

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
        metadata = await self._metadata() if signed else ()
        try:
            response = await method(request, timeout=timeout, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        assert isinstance(response, answer)
        return response

    async def send(
        self,
        method: Callable[..., Awaitable[object]],
        requests: AsyncIterable[Request],
        answer: type[Response],
        *,
        timeout: float,
    ) -> Response:
        """Send a stream and wait for its one answer. Raises TintypeError, and what `requests` raises."""
        metadata, sending = await self._metadata(), _Sending(requests)
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

    async def receive(
        self, method: Callable[..., object], request: Request, answer: type[Response], *, timeout: float | None = None
    ) -> AsyncIterator[Response]:
        """Receive a stream; breaking off ends the call. Raises TintypeError."""
        call = method(request, timeout=timeout, metadata=await self._metadata())
        assert isinstance(call, grpc.aio.UnaryStreamCall)
        try:
            async for response in call:
                assert isinstance(response, answer)
                yield response
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        finally:
            call.cancel()

    async def _metadata(self) -> tuple[tuple[str, str], ...]:
        if self._key:
            return (("x-api-key", self._key),)
        tokens = self._tokens.load()
        if tokens is None:
            raise Unauthenticated("nobody is signed in", reason="CREDENTIAL_MISSING")
        if tokens.access_expire_time - _EARLY_S < time.time():
            tokens = await self._refresh()
        return (("authorization", f"Bearer {tokens.access_token}"),)

    async def _refresh(self) -> Tokens:
        """Trade the refresh token, once for all calls that wait; another program may have done it meanwhile."""
        async with self._refreshing, self._tokens.exclusive():
            tokens = self._tokens.load()
            if tokens is None:
                raise Unauthenticated("nobody is signed in", reason="CREDENTIAL_MISSING")
            if tokens.access_expire_time - _EARLY_S >= time.time():
                return tokens
            request = accounts_pb.RefreshSessionRequest(refresh_token=tokens.refresh_token)
            answer = accounts_pb.RefreshSessionResponse
            response = await self.call(self._accounts.RefreshSession, request, answer, signed=False)
            fresh = Tokens.of(response.tokens, user_name=tokens.user_name)
            self._tokens.save(fresh)
            return fresh


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


def _told_to_stop() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
