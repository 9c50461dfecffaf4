"""Streams that tests make in JetStream, and that are gone after them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import nats
from nats.js.errors import NotFoundError

from tintype.events.jetstream_names import Names


async def remove_streams(url: str) -> None:
    """Delete the streams of a URL's namespace."""
    parts = urlsplit(url)
    names = Names(parts.path.strip("/"))
    async with await nats.connect(parts._replace(path="", query="").geturl()) as client:
        for stream in (names.facts, names.dead, names.advisories):
            with suppress(NotFoundError):
                await client.jetstream().delete_stream(stream)


@asynccontextmanager
async def removed_at_the_end(url: str) -> AsyncIterator[str]:
    """The URL, whose streams are gone after the block."""
    try:
        yield url
    finally:
        await remove_streams(url)
