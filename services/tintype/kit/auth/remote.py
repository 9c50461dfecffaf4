"""The ports of authentication over the RPCs of accounts."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Final

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tintype.kit.auth.ports import ResolvedKey, Revocation
from tintype.kit.grpc.errors import error_of
from tintype.v1 import accounts_internal_service_pb2 as internal_pb
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_internal_service_pb2_grpc import AccountsInternalServiceStub
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceStub

ACCOUNTS: Final = "accounts"
KEY_SET_AGAIN: Final = timedelta(seconds=2)  # while accounts is away: each call that asks would wait for that
KEY_SET_CACHED: Final = timedelta(minutes=1)  # a new key must be published for longer than this before it signs


class RemoteKeys:
    """KeyResolver over AuthenticateKey."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = AccountsInternalServiceStub(channel)

    async def resolve(self, secret: str) -> ResolvedKey:
        try:
            found = await self._stub.AuthenticateKey(internal_pb.AuthenticateKeyRequest(secret=secret))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer=ACCOUNTS) from error
        expire = found.expire_time.ToDatetime(UTC) if found.HasField("expire_time") else None
        return ResolvedKey(found.user_id, found.api_key_id, frozenset(found.scopes), expire)


class RemoteKeySet:
    """KeySet over GetKeySet, asked again when what is known grows old. Old keys serve while accounts is away."""

    def __init__(self, channel: grpc.aio.Channel, *, now: Callable[[], float] = time.monotonic) -> None:
        self._stub = AccountsServiceStub(channel)
        self._now = now
        self._keys: Mapping[str, Ed25519PublicKey] = {}
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def keys(self) -> Mapping[str, Ed25519PublicKey]:
        if self._now() >= self._until:
            async with self._asking:
                if self._now() >= self._until:
                    await self._ask()
        return self._keys

    async def _ask(self) -> None:
        try:
            answer = await self._stub.GetKeySet(pb.GetKeySetRequest())
        except grpc.aio.AioRpcError as error:
            if not self._keys:
                raise error_of(error, peer=ACCOUNTS) from error
            self._until = self._now() + KEY_SET_AGAIN.total_seconds()
            return
        self._keys = {key.kid: _public(key.x) for key in answer.keys if key.crv == "Ed25519"}
        self._until = self._now() + KEY_SET_CACHED.total_seconds() if self._keys else 0.0


class RemoteRevocations:
    """RevocationFeed over ListRevocations."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = AccountsInternalServiceStub(channel)

    async def after(self, sequence: int) -> tuple[Sequence[Revocation], int]:
        try:
            answer = await self._stub.ListRevocations(internal_pb.ListRevocationsRequest(after_sequence=sequence))
        except grpc.aio.AioRpcError as error:
            raise error_of(error, peer=ACCOUNTS) from error
        return [_revocation(found) for found in answer.revocations], answer.sequence


def _revocation(found: internal_pb.Revocation) -> Revocation:
    return Revocation(
        sequence=found.sequence,
        time=found.time.ToDatetime(UTC),
        session_id=found.session_id,
        key_id=found.api_key_id,
        user_id=found.user_id,
    )


def _public(x: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))
