"""Calls of webhooks over HTTP, to addresses that our own networks are not behind."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tintype.catalog.ports.webhook import SendFailed, WebhookUrlRefused

TIMEOUT_S: Final = 10.0  # for everything: name, connection, answer; as the contract says
CHECK_S: Final = 3.0  # for the name, while a person waits
USER_AGENT: Final = "tintype"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_CARRIES_IPV4: Final = (  # IPv6 addresses that lead to the IPv4 address inside them
    ipaddress.IPv6Network("64:ff9b::/96"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("2002::/16"),
    ipaddress.IPv6Network("2001::/32"),
    ipaddress.IPv6Network("::/96"),
)


class HttpWebhookSender:
    """WebhookSender over aiohttp. A name is resolved once, every address of it checked, and one of those called.

    Args:
        private_networks: may be called although they are not on the open internet, and without TLS too.
        resolve: replaced by tests.
    """

    def __init__(self, private_networks: Sequence[Network] = (), *, resolve: Resolve | None = None) -> None:
        self._private_networks = tuple(private_networks)
        self._resolve = resolve or _resolved
        self._tls = ssl.create_default_context()

    async def check(self, url: str) -> None:
        """See `WebhookSender`."""
        with suppress(TimeoutError, OSError):  # a name that is not known now may be known when it is called
            async with asyncio.timeout(CHECK_S):
                await self._checked(url)

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> int:
        """See `WebhookSender`."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                target, addresses = await self._checked(url)
                connector = aiohttp.TCPConnector(resolver=_Pinned(addresses), use_dns_cache=False, ssl=self._tls)
                async with (
                    aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session,
                    session.post(
                        target,
                        data=body,
                        headers={"user-agent": USER_AGENT, **headers},
                        allow_redirects=False,
                    ) as answer,
                ):
                    return answer.status
        except TimeoutError as error:
            raise SendFailed("no answer came in time") from error
        except aiohttp.ClientSSLError as error:
            raise SendFailed("TLS failed") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SendFailed("no connection") from error

    async def _checked(self, url: str) -> tuple[URL, list[Address]]:
        """The address, parsed as it will be called, and where it leads. Raises WebhookUrlRefused, OSError."""
        target = _parsed(url)
        host, port = target.raw_host, target.port
        if not host or not port:
            raise WebhookUrlRefused("it names no host")
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in await self._resolve(host, port)]
        if not found:
            raise OSError("the name has no address")
        for address in found:
            private = any(address in network for network in self._private_networks)
            if not private and not is_public(address):
                raise WebhookUrlRefused("it leads into a private network")
            if not private and target.scheme != "https":
                raise WebhookUrlRefused("it wants https")
        return target, found


def is_public(address: Address) -> bool:
    """Whether it is on the open internet, by whatever way it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _CARRIES_IPV4):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _parsed(url: str) -> URL:
    """Raises WebhookUrlRefused."""
    try:
        target = URL(url)
    except ValueError as error:
        raise WebhookUrlRefused("it cannot be read") from error
    if target.scheme not in ("https", "http"):
        raise WebhookUrlRefused("it wants https")
    if target.user or target.password:
        raise WebhookUrlRefused("it holds a user name or password")
    return target


async def _resolved(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


class _Pinned(AbstractResolver):
    """Answers with the addresses that were checked, whatever the name means by now."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""
