"""Streams that tests make in JetStream, and that are gone after them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import nats
from nats.js.errors import NotFoundError

from tintype.events.jetstream_names import Names

_SHORTEST_WINDOW_S: Final = 0.1  # that a server takes


async def remove_streams(url: str) -> None:
    """Delete the streams of a URL's namespace."""
    parts = urlsplit(url)
    names = Names(parts.path.strip("/"))
    async with await nats.connect(parts._replace(path="", query="").geturl()) as client:
        for stream in (names.facts, names.dead, names.advisories):
            with suppress(NotFoundError):
                await client.jetstream().delete_stream(stream)


async def shorten_duplicate_window(url: str) -> None:
    """Let the stream of a URL's namespace forget soon what was published to it."""
    parts = urlsplit(url)
    name = Names(parts.path.strip("/")).facts
    async with await nats.connect(parts._replace(path="", query="").geturl()) as client:
        config = (await client.jetstream().stream_info(name)).config
        await client.jetstream().update_stream(replace(config, duplicate_window=_SHORTEST_WINDOW_S))


@asynccontextmanager
async def removed_at_the_end(url: str) -> AsyncIterator[str]:
    """The URL, whose streams are gone after the block."""
    try:
        yield url
    finally:
        await remove_streams(url)
