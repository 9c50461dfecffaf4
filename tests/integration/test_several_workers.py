"""Calls to a service of several processes: each gets its share, and one that is gone none."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import grpc
import pytest

from tintype.kit.auth.tokens import service_key
from tintype.kit.clock import SystemClock
from tintype.kit.grpc.client import PeerChannels
from tintype.kit.settings import Settings
from tintype.v1 import embed_service_pb2 as pb
from tintype.v1.embed_service_pb2_grpc import (
    EmbedServiceServicer,
    EmbedServiceStub,
    add_EmbedServiceServicer_to_server,
)

CALLS = 40


class Worker(EmbedServiceServicer):
    def __init__(self, name: str, asked: Counter[str]) -> None:
        self._name = name
        self._asked = asked

    async def EmbedText(
        self, request: pb.EmbedTextRequest, context: grpc.aio.ServicerContext[pb.EmbedTextRequest, pb.EmbedTextResponse]
    ) -> pb.EmbedTextResponse:
        del request, context
        self._asked[self._name] += 1
        return pb.EmbedTextResponse()


@asynccontextmanager
async def worker(name: str, asked: Counter[str]) -> AsyncIterator[str]:
    """Where it listens."""
    server = grpc.aio.server()
    add_EmbedServiceServicer_to_server(Worker(name, asked), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(0)


async def answered(embed: EmbedServiceStub) -> bool:
    try:
        await embed.EmbedText(pb.EmbedTextRequest(), timeout=10)
    except grpc.aio.AioRpcError:
        return False
    return True


@pytest.mark.timeout(60)
async def test_workers_share_the_calls_and_one_alone_takes_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Counter[str] = Counter()
    async with worker("stays", asked) as stays, AsyncExitStack() as gone:
        goes = await gone.enter_async_context(worker("goes", asked))
        monkeypatch.setenv("TINTYPE_SERVICES", f"analysis={stays},analysis={goes}")
        settings = Settings(home=tmp_path, service_secret="s" * 64)
        key = service_key(settings.read_service_secret())
        peers = PeerChannels(settings, socket=tmp_path / "s", here=("catalog",), key=key, clock=SystemClock())
        embed = EmbedServiceStub(peers.unsigned("analysis"))
        while not asked["stays"] or not asked["goes"]:  # the second connection may take a moment
            await embed.EmbedText(pb.EmbedTextRequest(), timeout=10)
        asked.clear()
        for _ in range(CALLS):
            await embed.EmbedText(pb.EmbedTextRequest(), timeout=10)
        assert asked == {"stays": CALLS // 2, "goes": CALLS // 2}
        await gone.aclose()
        in_a_row = 0
        while in_a_row < CALLS:  # one may be on its way to whom is gone
            in_a_row = in_a_row + 1 if await answered(embed) else 0
        assert asked["goes"] == CALLS // 2
        await peers.close()
