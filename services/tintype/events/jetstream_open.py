"""Opens the stream of a URL `nats://[user:password@]host:port[,host:port]/[namespace]?max_bytes=...&replicas=...`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tintype.events.jetstream_connection import Access, JetStreamConnection
from tintype.events.jetstream_names import DEFAULT_NAMESPACE, Names
from tintype.events.jetstream_setup import Sizes
from tintype.events.jetstream_stream import JetStreamEventStream
from tintype.events.ports import EventStream
from tintype.kit.tls import client_tls
from tintype.kit.urls import InvalidUrl, Url


@asynccontextmanager
async def open_url(url: Url) -> AsyncIterator[EventStream]:
    """Connect; a server that is away is waited for by whoever needs it. Raises InvalidUrl, and as `client_tls`."""
    names, sizes = names_of(url), Sizes.by(url)
    async with (
        JetStreamConnection.open(Access.by(url, client_tls(url))) as connection,
        JetStreamEventStream.open(connection, names, sizes) as stream,
    ):
        yield stream


def names_of(url: Url) -> Names:
    """The namespace of a URL. Raises InvalidUrl."""
    namespace = url.path.strip("/") or DEFAULT_NAMESPACE
    if not url.host or not namespace.replace("-", "").replace("_", "").isalnum():
        raise InvalidUrl("TINTYPE_EVENTS_URL: is a host, and a namespace of letters, digits, - and _ as its path")
    return Names(namespace)
