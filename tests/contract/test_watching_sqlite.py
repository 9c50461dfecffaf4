"""Watches of a stream on SQLite."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.contract.watching import WatchingSuite

from tintype.events.connect import open_sqlite
from tintype.events.ports import EventStream
from tintype.kit.urls import Url


class TestWatchingSqlite(WatchingSuite):
    def connect(self, home: Path) -> AbstractAsyncContextManager[EventStream]:
        return open_sqlite(Url(f"sqlite://{home}/events.db"))
