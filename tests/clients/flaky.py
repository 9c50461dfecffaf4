"""A line to a library on which the first call of some methods is UNAVAILABLE, as while a server restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import grpc

Context = grpc.aio.ServicerContext[bytes, bytes]


class Flaky(grpc.GenericRpcHandler):
    """Passes every call on as it is; bytes in, bytes out."""

    def __init__(self, channel: grpc.aio.Channel, methods: Sequence[str]) -> None:
        self._channel = channel
        self._methods = methods
        self.refused: set[str] = set()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        return grpc.stream_stream_rpc_method_handler(partial(self._forward, handler_call_details.method))

    async def _forward(self, method: str, requests: AsyncIterator[bytes], context: Context) -> AsyncIterator[bytes]:
        name = method.rpartition("/")[2]
        if name in self._methods and name not in self.refused:
            self.refused.add(name)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away for a moment")
        kept = ("authorization", "x-api-key")
        metadata = tuple((key, value) for key, value in context.invocation_metadata() or () if key in kept)
        forward: grpc.aio.StreamStreamMultiCallable[bytes, bytes] = self._channel.stream_stream(method)
        call = forward(requests, metadata=metadata)
        try:
            async for response in call:
                yield response
        except grpc.aio.AioRpcError as error:
            trailing = tuple(error.trailing_metadata() or ())
            await context.abort(error.code(), error.details() or "", trailing)
        finally:
            call.cancel()


@asynccontextmanager
async def flaky_line(address: str, methods: Sequence[str]) -> AsyncIterator[tuple[str, Flaky]]:
    """Its address, and what was refused on it."""
    server = grpc.aio.server()
    async with grpc.aio.insecure_channel(address) as channel:
        flaky = Flaky(channel, methods)
        server.add_generic_rpc_handlers((flaky,))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            yield f"127.0.0.1:{port}", flaky
        finally:
            await server.stop(None)
