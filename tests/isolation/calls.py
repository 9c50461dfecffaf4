"""Calls any RPC of the contract by its descriptor, and keeps the whole of its answer."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2

import tintype.v1
from tintype.kit.auth.policy import MethodPolicy, policies_of
from tintype.kit.grpc.errors import DETAILS

Credential = tuple[tuple[str, str], ...]
STAYS_OPEN_S = 0.5  # a stream that brings no error for so long was let in


@dataclass(frozen=True)
class Rpc:
    name: str
    path: str
    method: MethodDescriptor
    policy: MethodPolicy

    def request(self, **fields: object) -> Message:
        return GetMessageClass(self.method.input_type)(**fields)


@dataclass(frozen=True)
class Answer:
    code: str
    reason: str = ""
    message: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    size_bytes: int = 0
    messages: tuple[Message, ...] = ()

    def without(self, resource_id: str) -> Answer:
        """As it would be for any other id."""
        metadata = tuple((key, value.replace(resource_id, "<id>")) for key, value in self.metadata)
        return Answer(self.code, self.reason, self.message.replace(resource_id, "<id>"), metadata, self.size_bytes)


@cache
def rpcs() -> dict[str, Rpc]:
    """Every RPC of the compiled contract by Service.Method."""
    found: dict[str, Rpc] = {}
    for file in sorted(Path(next(iter(tintype.v1.__path__))).glob("*_pb2.py")):
        services = importlib.import_module(f"tintype.v1.{file.stem}").DESCRIPTOR.services_by_name.values()
        for service in services:
            policies = policies_of([service.full_name])
            for method in service.methods:
                path = f"/{service.full_name}/{method.name}"
                name = f"{service.name}.{method.name}"
                found[name] = Rpc(name, path, method, policies[path])
    return found


async def call(channel: grpc.aio.Channel, rpc: Rpc, requests: Sequence[Message], credential: Credential) -> Answer:
    """Make the call, whatever its shape; a stream that stays open is broken off and counts as OK."""
    answers: list[Message] = []
    try:
        async with asyncio.timeout(STAYS_OPEN_S if rpc.method.name.startswith("Watch") else 30):
            async for answer in _answers(channel, rpc, requests, credential):
                answers.append(answer)
    except TimeoutError:
        pass
    except grpc.aio.AioRpcError as error:
        return refusal(error)
    return Answer("OK", messages=tuple(answers))


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()


async def _answers(
    channel: grpc.aio.Channel, rpc: Rpc, requests: Sequence[Message], credential: Credential
) -> AsyncIterator[Message]:
    parsed: Callable[[bytes], Message] = GetMessageClass(rpc.method.output_type).FromString
    if rpc.method.client_streaming:
        sending = channel.stream_unary(rpc.path, request_serializer=_serialized, response_deserializer=parsed)
        yield await sending(iter(requests), metadata=credential)
    elif rpc.method.server_streaming:
        receiving = channel.unary_stream(rpc.path, request_serializer=_serialized, response_deserializer=parsed)
        stream = receiving(requests[0], metadata=credential)
        try:
            async for answer in stream:
                yield answer
        finally:
            stream.cancel()
    else:
        plain = channel.unary_unary(rpc.path, request_serializer=_serialized, response_deserializer=parsed)
        yield await plain(requests[0], metadata=credential)


def refusal(error: grpc.aio.AioRpcError) -> Answer:
    """Everything that a caller can tell of a failed call."""
    packed = next((value for key, value in error.trailing_metadata() or () if key == DETAILS), b"")
    assert isinstance(packed, bytes)
    info = error_details_pb2.ErrorInfo()
    for detail in status_pb2.Status.FromString(packed).details:
        if detail.Is(info.DESCRIPTOR):
            detail.Unpack(info)
    metadata = tuple(sorted(info.metadata.items()))
    return Answer(error.code().name, info.reason, error.details() or "", metadata, len(packed))
