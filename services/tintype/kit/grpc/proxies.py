"""Where a call comes from, when a balancer or another of our processes stands between."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED_FOR: Final = "x-forwarded-for"


class TrustedProxies:
    """Believes the last address of X-Forwarded-For, if the call comes from one of these networks; else the peer."""

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self._networks = tuple(networks)

    def peer_beyond(self, peer: str, metadata: Mapping[str, str]) -> str:
        """The peer in the form of gRPC: ipv4:10.0.0.1:5000, the port 0 where a proxy does not tell it."""
        said = metadata.get(FORWARDED_FOR, "").rpartition(",")[2].strip()
        if not said or not self._trusts(host_of(peer)):
            return peer
        try:
            address = ipaddress.ip_address(said)
        except ValueError:
            return peer
        return f"ipv4:{address}:0" if address.version == 4 else f"ipv6:[{address}]:0"

    def _trusts(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False  # a local socket, or a form that we do not know
        return any(address in network for network in self._networks)


def network_of(peer: str) -> str:
    """What a limit counts by: an IPv4 address, or the /64 of an IPv6 one, of which a subscriber has 2^64."""
    host = host_of(peer)
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host  # a local socket, or a form that we do not know
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def host_of(peer: str) -> str:
    """The address in a peer of gRPC, without its port; empty for a local socket."""
    kind, _, rest = peer.partition(":")
    return rest.rpartition(":")[0].replace("%5B", "").replace("%5D", "").strip("[]") if kind in ("ipv4", "ipv6") else ""
