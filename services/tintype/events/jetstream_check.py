"""Who answers at NATS's address: its greeting, our credentials, and JetStream, by the words of its own protocol."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Final

from tintype.kit.reach import Address, reached, why
from tintype.kit.servers import (
    LONGEST_S,
    CredentialsRefused,
    RightMissing,
    ServerAnswer,
    ServerChecks,
    ServerUnfit,
    ServerUnreachable,
    TlsRefused,
    VersionUnfit,
    version_of,
)
from tintype.kit.tls import client_tls
from tintype.kit.urls import Url

OLDEST: Final = (2, 14)
PORT: Final = 4222
_INBOX: Final = "_INBOX.tintype"
_ACCOUNT: Final = "$JS.API.INFO"


async def check(url: Url) -> ServerAnswer:
    """The first server of the URL that answers. Raises ServerUnreachable, ServerUnfit, InvalidUrl."""
    tls, last = client_tls(url), ServerUnreachable("the URL names no server")
    for host in url.host.split(","):
        try:
            return await _check(Address.of(host, default_port=PORT), url, tls)
        except ServerUnreachable as error:
            last = error
    raise last


async def _check(address: Address, url: Url, tls: ssl.SSLContext | None) -> ServerAnswer:
    async with reached(address, None) as (reader, writer):
        try:
            async with asyncio.timeout(LONGEST_S):
                info = await _greeting(reader, address)
                await _secure(writer, tls, info, address)
                await _sign_in(reader, writer, url, address)
                await _account(reader, writer, url)
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            if isinstance(error, asyncio.IncompleteReadError):
                raise ServerUnreachable(f"{address} hangs up") from error
            raise why(error, address) from error
    return ServerAnswer("NATS", str(info["version"]))


async def _greeting(reader: asyncio.StreamReader, address: Address) -> Mapping[str, object]:
    line = await reader.readuntil(b"\n")
    if not line.startswith(b"INFO "):
        raise ServerUnfit(f"{address} answers, and is no NATS server")
    info: dict[str, object] = json.loads(line[5:])
    version = str(info.get("version", ""))
    if version_of(version) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise VersionUnfit(f"{address} is NATS {version}, {wanted} or newer is needed")
    return info


async def _secure(
    writer: asyncio.StreamWriter, tls: ssl.SSLContext | None, info: Mapping[str, object], address: Address
) -> None:
    """NATS greets in plain text, then both turn to TLS."""
    if tls is not None and not (info.get("tls_required") or info.get("tls_available")):
        raise TlsRefused(f"{address} was reached, and does not speak TLS: its URL asks for it")
    if tls is None and info.get("tls_required"):
        raise TlsRefused(f"{address} wants TLS: its URL begins with nats: and names no ca")
    if tls is not None:
        await writer.start_tls(tls, server_hostname=address.host)


async def _sign_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, url: Url, address: Address) -> None:
    options: dict[str, object] = {"verbose": False, "pedantic": False, "lang": "python", "version": "0"}
    options |= {"protocol": 1, "headers": True, "no_responders": True}
    if url.password:
        options |= {"user": url.username, "pass": url.password}
    elif url.username:
        options |= {"auth_token": url.username}
    writer.write(f"CONNECT {json.dumps(options)}\r\nPING\r\n".encode())
    line = await _line(reader)
    if line.startswith("-ERR"):
        who = f"the user {url.username}" if url.password else "the token" if url.username else "who has no password"
        if "authorization" in line.lower() or "authentication" in line.lower():
            raise CredentialsRefused(f"{address} refuses {who}")
        raise ServerUnfit(f"{address} refuses the connection")


async def _account(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, url: Url) -> None:
    """Ask JetStream of its account, as every client must be able to."""
    writer.write(f"SUB {_INBOX} 1\r\nPUB {_ACCOUNT} {_INBOX} 0\r\n\r\n".encode())
    who = url.username if url.password else "this client"
    line = await _line(reader)
    if line.startswith("-ERR"):
        raise RightMissing(f"{who} may not ask JetStream: publish to {_ACCOUNT} and subscribe to _INBOX.> are needed")
    if line.startswith("HMSG"):  # no responders: nobody listens to JetStream's subjects
        raise ServerUnfit("JetStream is off: start the server with it")
    payload = await _line(reader)
    error = json.loads(payload).get("error")
    if error is not None:
        raise ServerUnfit("JetStream is off for this account: switch it on for the account and the server")


async def _line(reader: asyncio.StreamReader) -> str:
    """The next line that says something to us."""
    while True:
        line = (await reader.readuntil(b"\n")).decode().strip()
        if line.startswith("INFO "):
            continue
        if line == "PING":
            continue
        return line


CHECKS: Final[ServerChecks] = {"nats": check, "tls": check}
