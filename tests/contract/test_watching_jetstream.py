"""Watches of a stream on JetStream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.contract.watching import WatchingSuite
from tests.jetstream import removed_at_the_end
from tests.servers import Servers

from tintype.events.connect import open_jetstream
from tintype.events.ports import EventStream
from tintype.kit.urls import Url

pytestmark = pytest.mark.servers


class TestWatchingJetStream(WatchingSuite):
    quiet = timedelta(milliseconds=500)

    @pytest.fixture(autouse=True)
    async def on_servers(self, servers: Servers, namespace: str) -> AsyncIterator[None]:
        async with removed_at_the_end(servers.url("events", namespace)) as self.url:
            yield

    def connect(self, home: Path) -> AbstractAsyncContextManager[EventStream]:
        return open_jetstream(Url(self.url))
