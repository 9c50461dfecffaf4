"""Who is believed to call on behalf of somebody."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from tintype.kit.grpc.proxies import FORWARDED_FOR, TrustedProxies, host_of

INSIDE = TrustedProxies([ip_network("10.0.0.0/8"), ip_network("::1/128")])


@pytest.mark.parametrize("peer", ["ipv4:10.1.2.3:4000", "ipv6:[::1]:4000", "ipv6:%5B::1%5D:4000"])
def test_a_proxy_of_ours_says_who_calls(peer: str) -> None:
    assert INSIDE.peer_beyond(peer, {FORWARDED_FOR: "192.0.2.7"}) == "ipv4:192.0.2.7:0"
    assert INSIDE.peer_beyond(peer, {FORWARDED_FOR: "2001:db8::7"}) == "ipv6:[2001:db8::7]:0"


def test_what_the_caller_wrote_before_the_proxy_did_is_not_believed() -> None:
    said = {FORWARDED_FOR: "198.51.100.1, 192.0.2.7"}
    assert INSIDE.peer_beyond("ipv4:10.1.2.3:4000", said) == "ipv4:192.0.2.7:0"


@pytest.mark.parametrize("peer", ["ipv4:192.0.2.1:4000", "unix:", "unix:/run/x.sock", "ipv6:[2001:db8::1]:4000"])
def test_nobody_else_is_believed(peer: str) -> None:
    assert INSIDE.peer_beyond(peer, {FORWARDED_FOR: "192.0.2.7"}) == peer
    assert TrustedProxies().peer_beyond(peer, {FORWARDED_FOR: "192.0.2.7"}) == peer


@pytest.mark.parametrize("said", ["", "unknown", "192.0.2.7:80", "192.0.2.7,"])
def test_what_is_no_address_leaves_the_peer(said: str) -> None:
    assert INSIDE.peer_beyond("ipv4:10.1.2.3:4000", {FORWARDED_FOR: said}) == "ipv4:10.1.2.3:4000"


@pytest.mark.parametrize(
    ("peer", "host"),
    [("ipv4:10.1.2.3:4000", "10.1.2.3"), ("ipv6:[::1]:80", "::1"), ("ipv6:%5B::1%5D:80", "::1"), ("unix:/x", "")],
)
def test_the_host_of_a_peer(peer: str, host: str) -> None:
    assert host_of(peer) == host
