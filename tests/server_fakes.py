"""Servers that say what a test wants to hear, in the protocols of the real ones."""

from __future__ import annotations

import asyncio
import json
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import bson
import grpc
from aiohttp import web
from tritonclient.grpc import service_pb2, service_pb2_grpc

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Document = Mapping[str, object]

_QUERY: Final = 2004  # how drivers greet
_MESSAGE: Final = 2013


@asynccontextmanager
async def listening(connection: Connection, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A listener on the loopback address; gives its port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await connection(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def nats_server(info: Document, answers: Mapping[bytes, bytes]) -> Connection:
    """Greets with `info`; a line that begins like a key is answered with its value."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"INFO " + json.dumps(info).encode() + b" \r\n")
        while True:
            line = await reader.readuntil(b"\n")
            for begin, answer in answers.items():
                if line.startswith(begin):
                    writer.write(answer)

    return connection


def mongo_server(answers: Mapping[str, Document]) -> Connection:
    """Answers commands by name, others with an empty success."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            length, request_id, _, kind = struct.unpack("<4i", await reader.readexactly(16))
            body = await reader.readexactly(length - 16)
            command = bson.decode(body[body.index(b"\0", 4) + 9 :] if kind == _QUERY else _first_section(body))
            answer = bson.encode({"ok": 1.0, **answers.get(next(iter(command)), {})})
            reply, opcode = (
                (struct.pack("<iqii", 8, 0, 0, 1), 1) if kind == _QUERY else (struct.pack("<ib", 0, 0), kind)
            )
            writer.write(struct.pack("<4i", 16 + len(reply) + len(answer), 1, request_id, opcode) + reply + answer)

    return connection


def _first_section(body: bytes) -> bytes:
    size = struct.unpack_from("<i", body, 5)[0]
    return body[5 : 5 + size]


@asynccontextmanager
async def http_server(answer: Callable[[web.Request], web.Response]) -> AsyncIterator[int]:
    """Answers every request; gives its port."""

    async def handle(request: web.Request) -> web.Response:
        return answer(request)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def triton_server(version: str) -> AsyncIterator[int]:
    """Says that it is Triton of this version."""

    class Metadata(service_pb2_grpc.GRPCInferenceServiceServicer):  # type: ignore[misc]  # it has no types
        async def ServerMetadata(self, request: object, context: object) -> object:
            return service_pb2.ServerMetadataResponse(name="triton", version=version)

    server = grpc.aio.server()
    service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(Metadata(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield port
    finally:
        await server.stop(None)
