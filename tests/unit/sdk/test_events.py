"""Watching events: what a server that ends its streams gets to see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path

import grpc

from tintype.v1 import event_service_pb2 as pb
from tintype.v1.event_service_pb2_grpc import EventServiceServicer, add_EventServiceServicer_to_server
from tintype_sdk import Client

Context = grpc.aio.ServicerContext[pb.WatchEventsRequest, pb.WatchEventsResponse]


class Ending(EventServiceServicer):
    """Says where it is and ends the stream, as a server that stops does."""

    def __init__(self) -> None:
        self.cursors: list[str] = []

    async def WatchEvents(
        self, request: pb.WatchEventsRequest, context: Context
    ) -> AsyncIterator[pb.WatchEventsResponse]:
        self.cursors.append(request.cursor)
        yield pb.WatchEventsResponse(cursor=f"after-{len(self.cursors)}")


async def test_a_stream_that_ends_is_taken_up_from_its_cursor_but_not_at_once(tmp_path: Path) -> None:
    server, service, address = grpc.aio.server(), Ending(), f"unix:{tmp_path / 'socket'}"
    add_EventServiceServicer_to_server(service, server)
    server.add_insecure_port(address)
    await server.start()
    try:
        async with Client.open(address, key="a key") as client, aclosing(client.events.watch(cursor="start")) as events:
            with suppress(TimeoutError):
                async with asyncio.timeout(1.2):
                    async for _ in events:
                        pass
    finally:
        await server.stop(None)
    assert service.cursors[:2] == ["start", "after-1"]
    assert len(service.cursors) <= 3
