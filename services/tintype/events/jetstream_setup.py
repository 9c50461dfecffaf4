"""The streams of a namespace: made where they are missing, changed where they differ."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from nats.js.api import (
    ConsumerConfig,
    DiscardPolicy,
    RePublish,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import APIError, NotFoundError

from tintype.events.jetstream_connection import JetStreamConnection
from tintype.events.jetstream_errors import stream_errors
from tintype.events.jetstream_names import COLLECTOR, Names, advisories_of
from tintype.events.ports import DUPLICATE_WINDOW, RETENTION, StreamUnavailable
from tintype.kit.urls import InvalidUrl, Url

# Some 280 bytes a fact and 8 facts a photo: 1.9 million photos in 30 days. The server sets the space aside at once.
DEFAULT_MAX_BYTES: Final = 4 * 2**30
_SMALL: Final = 16 * 2**20  # dead letters and advisories: some 50,000 of each
_COMPARED: Final = (
    "subjects",
    "max_age",
    "max_bytes",
    "discard",
    "duplicate_window",
    "num_replicas",
    "allow_direct",
    "republish",
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """What an installation chooses of its streams.

    Args:
        max_bytes: of the facts; more are refused, and stay with their aggregates.
        replicas: copies of each stream, in a cluster of at least as many servers.
    """

    max_bytes: int = DEFAULT_MAX_BYTES
    replicas: int = 1

    @classmethod
    def by(cls, url: Url) -> Sizes:
        """The options `max_bytes` and `replicas` of a URL. Raises InvalidUrl."""
        try:
            sizes = cls(
                int(url.options.get("max_bytes", DEFAULT_MAX_BYTES)),
                int(url.options.get("replicas", 1)),
            )
        except ValueError as error:
            raise InvalidUrl("TINTYPE_EVENTS_URL: max_bytes and replicas are numbers") from error
        if sizes.max_bytes < 2**20 or sizes.replicas not in (1, 3, 5):
            raise InvalidUrl("TINTYPE_EVENTS_URL: max_bytes is at least 1 MiB, replicas are 1, 3 or 5")
        return sizes


class Streams:
    """Makes the streams of a namespace."""

    def __init__(self, connection: JetStreamConnection, names: Names, sizes: Sizes) -> None:
        self._connection = connection
        self._names = names
        self._sizes = sizes
        self._making = asyncio.Lock()

    async def ensure(self) -> None:
        """Make what is missing. Raises StreamUnavailable, StreamFull."""
        async with self._making:
            try:
                for config in self._configs():
                    await self._make(config)
                with stream_errors():
                    await self._connection.js.add_consumer(
                        self._names.advisories, ConsumerConfig(name=COLLECTOR, durable_name=COLLECTOR, ack_wait=10)
                    )
            except APIError as error:
                raise StreamUnavailable(
                    f"the stream cannot be made: {error.description}", dependency="events"
                ) from error

    async def _make(self, config: StreamConfig) -> None:
        js, name = self._connection.js, config.name or ""
        with stream_errors():
            try:
                found = (await js.stream_info(name)).config
            except NotFoundError:
                await js.add_stream(config)
                return
            if any(getattr(found, field) != getattr(config, field) for field in _COMPARED):
                await js.update_stream(replace(config, metadata=found.metadata))

    def _configs(self) -> list[StreamConfig]:
        names = self._names
        stored = RePublish(src=f"{names.namespace}.v1.>", dest=f"{names.namespace}.stored.>", headers_only=True)
        facts = replace(
            self._config(names.facts, [f"{names.namespace}.v1.>"]),
            max_age=RETENTION.total_seconds(),
            max_bytes=self._sizes.max_bytes,
            discard=DiscardPolicy.NEW,  # the default drops the oldest, heard or not
            republish=stored,
        )
        advisories = replace(
            self._config(names.advisories, list(advisories_of(names.facts))),
            retention=RetentionPolicy.WORK_QUEUE,
            max_age=RETENTION.total_seconds(),
        )
        return [facts, self._config(names.dead, [f"{names.namespace}.dead.>"]), advisories]

    def _config(self, name: str, subjects: list[str]) -> StreamConfig:
        return StreamConfig(
            name=name,
            subjects=subjects,
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            max_age=0,
            max_bytes=_SMALL,
            discard=DiscardPolicy.OLD,
            duplicate_window=DUPLICATE_WINDOW.total_seconds(),
            num_replicas=self._sizes.replicas,
            allow_direct=True,
        )
