"""A real server on a Unix socket with one method of each shape, and a client for it."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tintype.kit.auth.authenticator import Authenticator
from tintype.kit.auth.caller import Role
from tintype.kit.auth.policy import MethodPolicy
from tintype.kit.auth.ports import ResolvedKey, Revocation
from tintype.kit.auth.revocation import Revocations
from tintype.kit.auth.tokens import CredentialInvalid, SigningKey, service_key, sign_access, sign_service
from tintype.kit.grpc.calls import Layer
from tintype.kit.grpc.interceptors import Pipeline
from tintype.kit.grpc.layers import Authenticated, Deadline, Observed, Overload, RateLimit, Watches
from tintype.kit.ids import RandomIds
from tintype.kit.log import configure, log_of
from tintype.kit.telemetry import Telemetry
from tintype.v1 import catalog_service_pb2 as pb

Request = pb.ListPhotosRequest
Response = pb.ListPhotosResponse
Behave = Callable[[Request], Response]
ENCODE: Callable[[Request], bytes] = Request.SerializeToString
DECODE: Callable[[bytes], Response] = Response.FromString
DECODE_REQUEST: Callable[[bytes], Request] = Request.FromString
ENCODE_RESPONSE: Callable[[Response], bytes] = Response.SerializeToString
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
AUDIENCE = "tintype"
SHAPES = ("Unary", "ServerStream", "ClientStream", "BothStream")


@dataclass
class HandClock:
    """A clock that tests set."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time


@dataclass
class Accounts:
    """What accounts would say: KeyResolver, KeySet and RevocationFeed."""

    public: Mapping[str, Ed25519PublicKey]
    known: dict[str, ResolvedKey]
    revoked: list[Revocation]
    asked: int = 0

    async def resolve(self, secret: str) -> ResolvedKey:
        self.asked += 1
        if secret not in self.known:
            raise CredentialInvalid
        return self.known[secret]

    async def keys(self) -> Mapping[str, Ed25519PublicKey]:
        return self.public

    async def after(self, sequence: int) -> tuple[Sequence[Revocation], int]:
        return self.revoked[sequence:], len(self.revoked)


class Servicer:
    """One method of each shape; what they do is the test's."""

    def __init__(self, behave: Callable[[Request], Response]) -> None:
        self._behave = behave

    async def unary(self, request: Request, context: object) -> Response:
        return self._behave(request)

    async def server_stream(self, request: Request, context: object) -> AsyncIterator[Response]:
        yield self._behave(request)

    async def client_stream(self, requests: AsyncIterator[Request], context: object) -> Response:
        response = Response()
        async for request in requests:
            response = self._behave(request)
        return response

    async def both_stream(self, requests: AsyncIterator[Request], context: object) -> AsyncIterator[Response]:
        async for request in requests:
            yield self._behave(request)


class World:
    """A server and everything around it that a test may turn."""

    def __init__(self, *, policy: MethodPolicy | None = None, rate: RateLimit | None = None, most: int = 100) -> None:
        self.clock = HandClock()
        self.monotonic = 0.0
        self.signing = SigningKey("k1", Ed25519PrivateKey.generate())
        self.service = service_key("s" * 32)
        self.accounts = Accounts({"k1": self.signing.public}, {}, [])
        self.revocations = Revocations(self.clock, now=lambda: self.monotonic)
        self.telemetry = Telemetry()
        self.logged = io.StringIO()
        self.policy = policy or MethodPolicy(public=True)
        self.unary_deadline = timedelta(seconds=60)
        self.watches = Watches()
        self.rate = rate or RateLimit(per_second=1000, burst=1000)
        self.most = most
        self.authenticator = Authenticator(
            keys=self.accounts,
            key_set=self.accounts,
            service_key=self.service,
            audience=AUDIENCE,
            clock=self.clock,
            now=lambda: self.monotonic,
        )
        self.revocations.listen(self.authenticator.forget)

    def layers(self) -> list[Layer]:
        return [
            Observed(self.telemetry, log_of("tintype.rpc"), RandomIds()),
            Overload(self.most),
            Authenticated(self.authenticator, self.revocations),
            self.rate,
            Deadline(self.unary_deadline),
            self.watches,
        ]

    def token(self, *, user_id: str = "u1", session_id: str = "s1", role: Role = Role.MEMBER) -> str:
        return sign_access(
            self.signing, user_id=user_id, session_id=session_id, role=role, audience=AUDIENCE, clock=self.clock
        )[0]

    def service_token(self) -> str:
        return sign_service(self.service, service="catalog", audience=AUDIENCE, clock=self.clock)[0]

    @asynccontextmanager
    async def serving(self, behave: Behave, socket: Path, servicer: object = None) -> AsyncIterator[grpc.aio.Channel]:
        """Serve, and give a channel; the log goes to `logged`."""
        await self.revocations.poll(self.accounts)
        configure(level="DEBUG", form="json", stream=self.logged)
        policies = {f"/t.T/{name}": self.policy for name in (*SHAPES, "WatchAll")}
        server = grpc.aio.server(interceptors=[Pipeline(policies, self.layers())])
        server.add_generic_rpc_handlers([_handlers(servicer or Servicer(behave))])
        server.add_insecure_port(f"unix:{socket}")
        await server.start()
        channel = grpc.aio.insecure_channel(f"unix:{socket}")
        try:
            yield channel
        finally:
            await channel.close()
            await server.stop(0)
            logging.getLogger().handlers.clear()


def _handlers(servicer: object) -> grpc.GenericRpcHandler:
    made = {
        "Unary": (grpc.unary_unary_rpc_method_handler, "unary"),
        "Unserved": (grpc.unary_unary_rpc_method_handler, "unary"),
        "ServerStream": (grpc.unary_stream_rpc_method_handler, "server_stream"),
        "WatchAll": (grpc.unary_stream_rpc_method_handler, "server_stream"),
        "ClientStream": (grpc.stream_unary_rpc_method_handler, "client_stream"),
        "BothStream": (grpc.stream_stream_rpc_method_handler, "both_stream"),
    }
    handlers: dict[str, grpc.RpcMethodHandler[Request, Response]] = {
        name: make(getattr(servicer, method), DECODE_REQUEST, ENCODE_RESPONSE) for name, (make, method) in made.items()
    }
    return grpc.method_handlers_generic_handler("t.T", handlers)


async def call(
    channel: grpc.aio.Channel,
    shape: str,
    *requests: Request,
    metadata: Sequence[tuple[str, str]] = (),
    timeout: float | None = 10,
) -> list[Response]:
    """Call the method of this shape; its answers."""
    given, path = requests or (Request(),), f"/t.T/{shape}"
    if shape in ("Unary", "Unserved"):
        unary = channel.unary_unary(path, ENCODE, DECODE)
        return [await unary(given[0], metadata=metadata, timeout=timeout)]
    if shape in ("ServerStream", "WatchAll"):
        stream = channel.unary_stream(path, ENCODE, DECODE)(given[0], metadata=metadata, timeout=timeout)
        return [answer async for answer in stream]
    if shape == "ClientStream":
        sending = channel.stream_unary(path, ENCODE, DECODE)
        return [await sending(iter(given), metadata=metadata, timeout=timeout)]
    both = channel.stream_stream(path, ENCODE, DECODE)(iter(given), metadata=metadata, timeout=timeout)
    return [answer async for answer in both]


def bearer(token: str) -> list[tuple[str, str]]:
    """The metadata of a token."""
    return [("authorization", f"Bearer {token}")]
