"""A server of ours on a free port, with one service of the contract behind all layers."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.rpc_world import World

from tintype.kit.auth.caller import Context
from tintype.kit.auth.policy import MethodPolicy
from tintype.kit.grpc.layers import RateLimit
from tintype.kit.grpc.server import RpcServer
from tintype.kit.settings import Settings
from tintype.v1 import accounts_service_pb2 as pb
from tintype.v1.accounts_service_pb2_grpc import AccountsServiceServicer, add_AccountsServiceServicer_to_server


class Slow(AccountsServiceServicer):
    """Its public GetSignUp takes as long as the test says."""

    def __init__(self, pause: object) -> None:
        self._pause = pause

    async def GetSignUp(self, request: pb.GetSignUpRequest, context: Context) -> pb.GetSignUpResponse:
        await self._pause()  # type: ignore[operator]
        return pb.GetSignUpResponse()


@dataclass(frozen=True)
class Served:
    address: str
    server: RpcServer


@asynccontextmanager
async def served(home: Path, pause: object, *, most: int = 4000, **settings: object) -> AsyncIterator[Served]:
    world = World(policy=MethodPolicy(public=True), most=most, rate=RateLimit(per_second=1e6, burst=1_000_000))
    given = {"home": home, "port": 0, "drain": timedelta(0), "max_concurrent_rpcs": most, **settings}
    server = RpcServer(
        Settings(**given),  # type: ignore[arg-type]
        [lambda server: add_AccountsServiceServicer_to_server(Slow(pause), server)],
        world.layers(),
    )
    with tempfile.TemporaryDirectory() as folder:
        async with server.listening(Path(folder) / "s") as address:
            yield Served(address, server)
