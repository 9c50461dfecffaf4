"""Passes calls on to the process that serves them, so that a client may ask any process of an installation."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias, cast

import grpc
from google.protobuf import symbol_database
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from tintype.kit.auth.caller import peer_under_way, request_id_under_way
from tintype.kit.cancelling import told_to_stop
from tintype.kit.errors import Unavailable
from tintype.kit.grpc.calls import Context
from tintype.kit.grpc.errors import reason_of
from tintype.kit.grpc.proxies import FORWARDED_FOR, host_of

Handler: TypeAlias = "grpc.RpcMethodHandler[object, object]"  # as generated code registers them
REQUEST_ID: Final = "x-request-id"
Requests: TypeAlias = "AsyncIterator[Message]"

_BROKEN: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL)
PASSED_ON: Final = frozenset({"authorization", "x-api-key", "traceparent", "tracestate"})


def forwarded(peer: str, module: str, service: str, channel: grpc.aio.Channel) -> Mapping[str, Handler]:
    """The handlers of a service of the contract that runs elsewhere.

    Args:
        peer: what callers are told is away while that process is, as in "catalog".
        module: of the generated code, as in "catalog_service".
        service: its name in there, as in "CatalogService".
        channel: to the process that serves it; must not add credentials of ours.
    """
    importlib.import_module(f"tintype.v1.{module}_pb2")
    descriptor = symbol_database.Default().pool.FindServiceByName(f"tintype.v1.{service}")
    return {method.name: _handler(peer, method, channel) for method in descriptor.methods}


def _handler(peer: str, method: MethodDescriptor, channel: grpc.aio.Channel) -> Handler:
    path = f"/{method.containing_service.full_name}/{method.name}"
    reads, writes = GetMessageClass(method.input_type).FromString, GetMessageClass(method.output_type).SerializeToString
    to_wire, from_wire = (
        GetMessageClass(method.input_type).SerializeToString,
        GetMessageClass(method.output_type).FromString,
    )
    shape = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
    call = getattr(channel, shape)(path, request_serializer=to_wire, response_deserializer=from_wire)

    async def answer(request: Message | Requests, context: Context) -> Message:
        under_way = call(request, metadata=_metadata(context), timeout=context.time_remaining())
        try:
            return await cast(Awaitable[Message], under_way)
        except grpc.aio.AioRpcError as error:
            return await _abort(error, context, peer)
        except asyncio.CancelledError:
            if told_to_stop():
                raise
            # grpc.aio cancels a call of its own accord when it cannot send the rest of a stream.
            raise _away(peer) from None
        finally:
            under_way.cancel()

    async def stream(request: Message | Requests, context: Context) -> AsyncIterator[Message]:
        under_way = call(request, metadata=_metadata(context), timeout=context.time_remaining())
        try:
            async for message in under_way:
                yield message
        except grpc.aio.AioRpcError as error:
            await _abort(error, context, peer)
        finally:
            under_way.cancel()

    make = getattr(grpc, f"{shape}_rpc_method_handler")
    return cast(Handler, make(stream if method.server_streaming else answer, reads, writes))


def _metadata(context: Context) -> grpc.aio.Metadata:
    pairs = context.invocation_metadata() or ()
    passed_on = [(str(key), value) for key, value in pairs if str(key) in PASSED_ON]
    added = {REQUEST_ID: request_id_under_way(), FORWARDED_FOR: host_of(peer_under_way())}
    return grpc.aio.Metadata(*passed_on, *((key, text) for key, text in added.items() if text))


async def _abort(error: grpc.aio.AioRpcError, context: Context, peer: str) -> Message:
    """End as the other process did: with its status, its message and its details.

    What it did not say itself is gRPC's own text of addresses and sockets: then we say what it means.
    """
    if error.code() in _BROKEN and not reason_of(error)[0]:
        raise _away(peer) from error
    trailing = tuple((str(key), value) for key, value in error.trailing_metadata())
    return await context.abort(error.code(), error.details() or "", trailing)


def _away(peer: str) -> Unavailable:
    message = f"this process passes the call on to {peer}, which does not answer: try again in a moment"
    return Unavailable(message, retry_after=timedelta(seconds=1), dependency=peer)
