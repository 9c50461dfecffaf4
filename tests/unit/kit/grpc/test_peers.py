"""Where calls to other services go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tintype.kit.auth.tokens import service_key
from tintype.kit.clock import SystemClock
from tintype.kit.grpc.client import NoCommonName, PeerChannels, PeerMissing
from tintype.kit.settings import Settings
from tintype.kit.targets import target_of


async def test_a_service_is_reached_here_or_where_it_is_said_to_be_and_else_not_at_all(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, services={"upload": "127.0.0.1:7999"}, service_secret="s" * 64)
    peers = PeerChannels(
        settings,
        socket=tmp_path / "s",
        here=("accounts", "catalog"),
        key=service_key(settings.read_service_secret()),
        clock=SystemClock(),
    )
    try:
        assert peers.channel("accounts") is peers.channel("catalog")
        assert peers.channel("upload") is not peers.channel("catalog")
        with pytest.raises(PeerMissing, match="search=host:port"):
            peers.channel("search")
    finally:
        await peers.close()


def test_several_addresses_are_one_target() -> None:
    assert target_of("analysis:7460") == "analysis:7460"
    assert target_of("10.0.0.2:7460,10.0.0.3:7461") == "ipv4:10.0.0.2:7460,10.0.0.3:7461"
    assert target_of("[::1]:7460,[::2]:7460") == "ipv6:[::1]:7460,[::2]:7460"


async def test_several_processes_of_a_service_need_one_name_for_their_certificates(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, services={"search": "10.0.0.2:1,10.0.0.3:1"}, service_secret="s" * 64)
    key = service_key(settings.read_service_secret())
    peers = PeerChannels(settings, socket=tmp_path / "s", here=("catalog",), key=key, clock=SystemClock())
    with pytest.raises(NoCommonName):
        peers.channel("search")
    await peers.close()
