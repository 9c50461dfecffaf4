"""What accounts is asked for, and how often."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tintype.kit.auth.remote import KEY_SET_AGAIN, KEY_SET_CACHED, RemoteKeySet
from tintype.kit.errors import Unavailable
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceServicer, add_AccountsServiceServicer_to_server

Context = grpc.aio.ServicerContext[pb.GetKeySetRequest, pb.GetKeySetResponse]


class Accounts(AccountsServiceServicer):
    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        self._x = base64.urlsafe_b64encode(public).decode().rstrip("=")

    async def GetKeySet(self, request: pb.GetKeySetRequest, context: Context) -> pb.GetKeySetResponse:
        self.asked += 1
        if self.away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        return pb.GetKeySetResponse(keys=[pb.JsonWebKey(kid="k1", crv="Ed25519", x=self._x)])


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


@pytest.fixture
async def channel(accounts: Accounts, tmp_path: Path) -> AsyncIterator[grpc.aio.Channel]:
    server = grpc.aio.server()
    add_AccountsServiceServicer_to_server(accounts, server)
    server.add_insecure_port(f"unix:{tmp_path}/s")
    await server.start()
    async with grpc.aio.insecure_channel(f"unix:{tmp_path}/s") as opened:
        yield opened
    await server.stop(0)


async def test_old_keys_serve_while_accounts_is_away_and_not_every_call_asks_again(
    accounts: Accounts, channel: grpc.aio.Channel
) -> None:
    now = [0.0]
    key_set = RemoteKeySet(channel, now=lambda: now[0])
    known = await key_set.keys()
    assert set(known) == {"k1"}
    accounts.away = True
    now[0] += KEY_SET_CACHED.total_seconds()
    for _ in range(5):
        assert await key_set.keys() == known
    assert accounts.asked == 2
    now[0] += KEY_SET_AGAIN.total_seconds()
    assert await key_set.keys() == known
    assert accounts.asked == 3


async def test_without_any_key_nobody_is_believed(accounts: Accounts, channel: grpc.aio.Channel) -> None:
    accounts.away = True
    with pytest.raises(Unavailable):
        await RemoteKeySet(channel).keys()
