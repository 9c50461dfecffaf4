"""Whether something answers at an address, and if not with its TLS, exactly why."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from tintype.kit.servers import LONGEST_S, ServerUnreachable, TlsRefused

_TLS_PORTS: Final = {True: 443, False: 80}
_REASONS: Final = {  # OpenSSL's numbers for why a chain is refused
    10: "its certificate has expired",
    18: "its certificate is signed by itself, so name it as ca",
    19: "its certificate comes from an authority that is not trusted here",
    20: "its certificate comes from an authority that is not trusted here",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
_PLAIN: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @classmethod
    def of(cls, text: str, *, default_port: int) -> Address:
        """Of `host`, `host:port` or `[::1]:port`."""
        host, colon, port = text.rpartition(":")
        if colon and port.isdigit():
            return cls(host.strip("[]"), int(port))
        return cls(text.strip("[]"), default_port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@asynccontextmanager
async def reached(
    address: Address, tls: ssl.SSLContext | None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection for the block. Raises ServerUnreachable, TlsRefused."""
    name = address.host if tls is not None else None
    try:
        async with asyncio.timeout(LONGEST_S):
            reader, writer = await asyncio.open_connection(address.host, address.port, ssl=tls, server_hostname=name)
    except (OSError, TimeoutError) as error:
        raise why(error, address) from error
    try:
        yield reader, writer
    finally:
        writer.close()


async def answers(address: Address, tls: ssl.SSLContext | None) -> None:
    """Connect and leave. Raises ServerUnreachable, TlsRefused."""
    async with reached(address, tls):
        pass


def why(error: OSError | TimeoutError, address: Address) -> ServerUnreachable | TlsRefused:
    """What kept us from connecting, in words; ssl.SSLError is an OSError."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _REASONS.get(error.verify_code, "its certificate is refused here")
        return TlsRefused(f"{address} was reached, and {reason}")
    if isinstance(error, ssl.SSLError):
        if error.reason in _PLAIN:
            return TlsRefused(f"{address} was reached, and does not speak TLS: its URL asks for it")
        return TlsRefused(f"{address} refuses the handshake: it may want a certificate, or another one, from us")
    if isinstance(error, socket.gaierror):
        return ServerUnreachable(f"there is no address for {address.host}")
    if isinstance(error, ConnectionRefusedError):
        return ServerUnreachable(f"nothing listens on {address}")
    if isinstance(error, TimeoutError):
        return ServerUnreachable(f"{address} does not answer")
    return ServerUnreachable(f"{address} cannot be reached")
