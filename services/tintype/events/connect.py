"""Opens the stream of an installation; the scheme of its URL picks the adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from tintype.events.ports import EventStream
from tintype.events.sqlite_stream import SqliteEventStream
from tintype.kit.store.sqlite import Database
from tintype.kit.urls import InvalidUrl, Url, Urls


@asynccontextmanager
async def open_sqlite(url: Url) -> AsyncIterator[EventStream]:
    """Open the file of the URL, which nothing else may use."""
    async with Database.open(url.file) as database, SqliteEventStream.open(database) as stream:
        yield stream


@asynccontextmanager
async def open_jetstream(url: Url) -> AsyncIterator[EventStream]:
    """Connect to the server of the URL. Its client is imported here: the embedded default does without it."""
    from tintype.events.jetstream_open import open_url

    async with open_url(url) as stream:
        yield stream


STREAMS: Final[Mapping[str, Callable[[Url], AbstractAsyncContextManager[EventStream]]]] = {
    "sqlite": open_sqlite,
    "nats": open_jetstream,
    "tls": open_jetstream,
}


async def connect(urls: Urls) -> EventStream:
    """The stream behind `urls.events`: opened once in a process and closed with `urls`.

    Raises: InvalidUrl for a scheme without an adapter; StreamUnavailable, and what opening a file raises.
    """
    opener = STREAMS.get(urls.events.scheme)
    if opener is None:
        raise InvalidUrl(f"TINTYPE_EVENTS_URL: {urls.events.scheme}: is none of {', '.join(sorted(STREAMS))}")
    return await urls.open(urls.events, opener, part="events")
