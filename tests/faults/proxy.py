"""A network that misbehaves: a TCP proxy in front of one server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

CHUNK: Final = 16 * 1024
LATENCY_S: Final = 0.5
BYTES_PER_S: Final = 64 * 1024
RESET_SHARE: Final = 0.01  # of the chunks, the first one in any case


class Trouble(Enum):
    """What the network does."""

    NONE = auto()
    LATENCY = auto()
    RESETS = auto()
    HALF_OPEN = auto()
    THROTTLE = auto()
    CUT = auto()


@dataclass(eq=False)
class Proxy:
    """Passes on what comes to `port`; `trouble` may be changed at any time. `struck` counts how often it did harm."""

    host: str
    target_port: int
    port: int = 0
    trouble: Trouble = Trouble.NONE
    struck: int = 0
    passed: int = 0  # bytes
    _fresh: bool = False
    _chance: random.Random = field(default_factory=lambda: random.Random(4))
    _connections: set[asyncio.Task[None]] = field(default_factory=set)
    _cleared: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def before(cls, address: str) -> AsyncIterator[Proxy]:
        """In front of `host:port`."""
        host, _, port = address.rpartition(":")
        proxy = cls(host, int(port))
        server = await asyncio.start_server(proxy._accept, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            for connection in proxy._connections:
                connection.cancel()
            await asyncio.gather(*proxy._connections, return_exceptions=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def begin(self, trouble: Trouble) -> None:
        """From now on."""
        self.trouble = trouble
        self._fresh = True
        self._cleared.clear()

    def end(self) -> None:
        """All is well again; what was swallowed stays so, and its connections end."""
        self.trouble = Trouble.NONE
        self._cleared.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(self.host, self.target_port)
        except OSError:
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pass_on(reader, back))
                ways.create_task(self._pass_on(there, writer))
        except* (OSError, EOFError):
            pass
        finally:
            for end in (writer, back):
                end.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            chunk = await self._troubled(chunk)
            writer.write(chunk)
            self.passed += len(chunk)
            await writer.drain()
        raise EOFError

    async def _troubled(self, chunk: bytes) -> bytes:
        """What is left of it after the trouble. Raises ConnectionResetError where the connection is to end."""
        match self.trouble:
            case Trouble.LATENCY:
                self.struck += 1
                await asyncio.sleep(LATENCY_S)
            case Trouble.THROTTLE:
                self.struck += 1
                await asyncio.sleep(len(chunk) / BYTES_PER_S)
            case Trouble.RESETS if self._fresh or self._chance.random() < RESET_SHARE:
                self._fresh = False
                self.struck += 1
                raise ConnectionResetError
            case Trouble.CUT if len(chunk) > 1:
                self.struck += 1
                self.trouble = Trouble.NONE
                raise ConnectionResetError
            case Trouble.HALF_OPEN:
                self.struck += 1
                await self._cleared.wait()
                raise ConnectionResetError
        return chunk
