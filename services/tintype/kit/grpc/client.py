"""Calls from one of our services to another."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar, cast

import grpc
from google.protobuf.message import Message
from grpc.aio import UnaryUnaryCall, UnaryUnaryClientInterceptor

from tintype.kit.auth.caller import request_id_under_way
from tintype.kit.auth.tokens import SigningKey, sign_service
from tintype.kit.clock import Clock
from tintype.kit.credentials import is_loopback
from tintype.kit.errors import FailedPrecondition
from tintype.kit.grpc.local import LocalCalls
from tintype.kit.settings import Settings
from tintype.kit.targets import target_of
from tintype.kit.telemetry import trace_headers

Q = TypeVar("Q")
R = TypeVar("R")

DEADLINE_S: Final = 30.0
_RENEW_BEFORE: Final = timedelta(minutes=1)
# Every internal RPC is idempotent, so all of them may be tried again; only UNAVAILABLE is.
SERVICE_CONFIG: Final = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{}],
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


class PeerMissing(FailedPrecondition):
    """A service is needed that is neither in this process nor said to be anywhere else."""

    def __init__(self, service: str, *, needed_by: Sequence[str]) -> None:
        super().__init__(
            f"hosting {', '.join(needed_by)} needs {service}: host it in this process too, "
            f"or say where it is with TINTYPE_SERVICES={service}=host:port"
        )


class NoCommonName(FailedPrecondition):
    """By TLS a service of several processes is reached by the one name that their certificates have."""

    def __init__(self, addresses: str) -> None:
        super().__init__(
            f"TINTYPE_SERVICES: {addresses}: with TLS, give the processes of a service one name in the DNS "
            "that has all their addresses, or set TINTYPE_PLAIN_TEXT in a network that encrypts by itself"
        )


class PeerChannels:
    """The channels to other services: those in this process without a detour, others by their address."""

    def __init__(self, settings: Settings, *, socket: Path, here: Sequence[str], key: SigningKey, clock: Clock) -> None:
        self.local = LocalCalls()  # for the server to say what it answers; the rest goes through its Unix socket
        self._settings = settings
        self._socket = socket
        self._here = tuple(here)
        self._tokens = _Tokens(",".join(here), key, settings.audience, clock)
        self._channels: dict[str, grpc.aio.Channel] = {}

    def channel(self, service: str) -> grpc.aio.Channel:
        """See `Peers`."""
        address = f"unix:{self._socket}" if service in self._here else self._settings.services.get(service, "")
        if not address:
            raise PeerMissing(service, needed_by=self._here)
        if address not in self._channels:
            signing = _Signing(self._tokens, self.local if service in self._here else None)
            self._channels[address] = self._made(address, [signing], [("grpc.service_config", SERVICE_CONFIG)])
        return self._channels[address]

    def unsigned(self, service: str) -> grpc.aio.Channel:
        """A channel to a service in another process that adds no credential of ours and tries nothing again."""
        address = self._settings.services[service]
        name = f"unsigned {address}"
        if name not in self._channels:
            self._channels[name] = self._made(address, [], [])
        return self._channels[name]

    async def close(self) -> None:
        """Close all of them."""
        for channel in self._channels.values():
            await channel.close()

    def _made(
        self, address: str, interceptors: Sequence[grpc.aio.ClientInterceptor], further: Sequence[tuple[str, str]]
    ) -> grpc.aio.Channel:
        options: list[tuple[str, str | int]] = [
            ("grpc.max_receive_message_length", 4 * self._settings.max_message_bytes),
            ("grpc.max_send_message_length", self._settings.max_message_bytes),
            ("grpc.keepalive_time_ms", 60_000),
            ("grpc.lb_policy_name", "round_robin"),  # a name may have many addresses: one for each replica
            *further,
        ]
        if address.startswith("unix:") or self._plain(address):
            return grpc.aio.insecure_channel(target_of(address), options=options, interceptors=interceptors)
        if "," in address:
            raise NoCommonName(address)
        ca = self._settings.tls_ca_file
        credentials = grpc.ssl_channel_credentials(ca.read_bytes() if ca else None)
        return grpc.aio.secure_channel(address, credentials, options=options, interceptors=interceptors)

    def _plain(self, address: str) -> bool:
        """Plain text where the settings allow it, and on this machine where there is no certificate."""
        local = all(is_loopback(each.rpartition(":")[0]) for each in address.split(","))
        return self._settings.plain_text or (local and self._settings.tls_cert_file is None)


class _Tokens:
    """Signs calls as one of our services."""

    def __init__(self, caller: str, key: SigningKey, audience: str, clock: Clock) -> None:
        self._caller = caller
        self._key = key
        self._audience = audience
        self._clock = clock
        self._token = ""
        self._expire: datetime | None = None

    def signed(self, details: grpc.aio.ClientCallDetails) -> grpc.aio.ClientCallDetails:
        if self._expire is None or self._clock.now() >= self._expire - _RENEW_BEFORE:
            self._token, self._expire = sign_service(
                self._key, service=self._caller, audience=self._audience, clock=self._clock
            )
        added: Mapping[str, str] = {
            "authorization": f"Bearer {self._token}",
            "x-request-id": request_id_under_way(),
            **trace_headers(),
        }
        metadata = grpc.aio.Metadata(*(details.metadata or ()), *((key, text) for key, text in added.items() if text))
        return grpc.aio.ClientCallDetails(
            details.method,
            details.timeout if details.timeout is not None else DEADLINE_S,
            metadata,
            details.credentials,
            details.wait_for_ready,
        )


class _Signing(UnaryUnaryClientInterceptor):
    """Signs every call: all internal RPCs are unary. What this process answers itself goes straight there."""

    def __init__(self, tokens: _Tokens, local: LocalCalls | None) -> None:
        self._tokens = tokens
        self._local = local

    async def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Q], Awaitable[UnaryUnaryCall[Q, R]]],
        client_call_details: grpc.aio.ClientCallDetails,
        request: Q,
    ) -> UnaryUnaryCall[Q, R]:
        details = self._tokens.signed(client_call_details)
        if self._local is not None and self._local.serves(details):
            # gRPC makes a call of any answer, and has begun a task for it.
            return cast("UnaryUnaryCall[Q, R]", await self._local.answer(details, cast(Message, request)))
        return await continuation(details, request)
