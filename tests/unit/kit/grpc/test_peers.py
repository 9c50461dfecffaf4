"""Where calls to other services go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tintype.kit.auth.tokens import service_key
from tintype.kit.clock import SystemClock
from tintype.kit.grpc.client import PeerChannels, PeerMissing
from tintype.kit.settings import Settings


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
