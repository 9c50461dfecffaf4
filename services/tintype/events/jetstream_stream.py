"""The stream of facts on NATS JetStream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from nats.js.api import ConsumerInfo
from nats.js.errors import NotFoundError

from tintype.events.jetstream_connection import JetStreamConnection
from tintype.events.jetstream_consumer import JetStreamConsumer
from tintype.events.jetstream_dead_letters import JetStreamDeadLetters
from tintype.events.jetstream_errors import stream_errors
from tintype.events.jetstream_inbox import kept
from tintype.events.jetstream_names import Names, event_of
from tintype.events.jetstream_publish import JetStreamPublisher
from tintype.events.jetstream_reading import JetStreamReading
from tintype.events.jetstream_setup import Sizes, Streams
from tintype.events.ports import ConsumerSpec, Position, StoredEvent, StreamState, UnknownConsumer
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.errors import ResourceExhausted, Unavailable
from tintype.kit.fact import Event
from tintype.kit.instants import instant_of
from tintype.kit.log import log_of

WATCH_EVERY_S: Final = 60.0
FILLING: Final = 0.8  # of max_bytes: facts are refused when it is full
_ERASE_TRIES: Final = 5  # facts may still come while an owner is erased

_log: Final = log_of(__name__)


class JetStreamEventStream:
    """EventStream on one connection and the streams of a namespace."""

    def __init__(self, connection: JetStreamConnection, names: Names, sizes: Sizes, clock: Clock) -> None:
        self._connection = connection
        self._names = names
        self._sizes = sizes
        self._streams = Streams(connection, names, sizes)
        ensure = self._streams.ensure
        self._publisher = JetStreamPublisher(connection, names, ensure=ensure)
        self._reading = JetStreamReading(connection, names, ensure=ensure)
        self._dead_letters = JetStreamDeadLetters(connection, names, clock, ensure=ensure, publish=self.publish)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, connection: JetStreamConnection, names: Names, sizes: Sizes, *, clock: Clock | None = None
    ) -> AsyncIterator[JetStreamEventStream]:
        """Make the streams, now or as soon as the server answers; say every minute if the stream is filling."""
        stream = cls(connection, names, sizes, clock or SystemClock())
        await stream._prepare()
        watching = asyncio.create_task(stream._watch())
        try:
            yield stream
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    @property
    def dead_letters(self) -> JetStreamDeadLetters:
        """See the port."""
        return self._dead_letters

    async def publish(self, events: Sequence[Event]) -> None:
        """See the port."""
        await self._publisher.publish(events)

    async def consumer(self, spec: ConsumerSpec) -> JetStreamConsumer:
        """See the port."""
        consumer = JetStreamConsumer(
            self._connection, self._names, spec, ensure=self._streams.ensure, bury=self._dead_letters.bury
        )
        await consumer.make()
        return consumer

    async def remove_consumer(self, name: str) -> None:
        """See the port."""
        with stream_errors():
            try:
                await self._connection.js.delete_consumer(self._names.facts, name)
            except NotFoundError:
                return

    async def pending(self, name: str) -> int:
        """See the port."""
        info = await self._consumer_info(name)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def in_flight(self, name: str) -> int:
        """See the port."""
        return (await self._consumer_info(name)).num_ack_pending or 0

    async def oldest_unacknowledged(self, name: str) -> datetime | None:
        """See the port. Asked for on each of its subjects, after all that it has acknowledged without a gap.

        A consumer hears of a fact a moment after its publisher does: one that has nothing to do is not believed, but
        asked for what came after all that it was given.
        """
        info = await self._consumer_info(name)
        reached = info.ack_floor if info.num_pending or info.num_ack_pending else info.delivered
        done = reached.stream_seq if reached else 0
        subjects = info.config.filter_subjects or [info.config.filter_subject or ">"]
        pages = [await kept(self._connection, self._names.facts, subject, after=done, limit=1) for subject in subjects]
        oldest = min((page[0] for page in pages if page), key=lambda found: found.sequence, default=None)
        if oldest is None:
            return None
        event = event_of(oldest.subject, oldest.headers, oldest.data)
        return event.time if event is not None else instant_of(0)  # until it is given up, too old is the safe answer

    async def state(self) -> StreamState:
        """See the port."""
        return await self._reading.state()

    def read(
        self, owner_id: str, *, after: Position, names: Collection[str] = (), wait: bool = True
    ) -> AsyncGenerator[StoredEvent, None]:
        """See the port."""
        return self._reading.read(owner_id, after=after, names=names, wait=wait)

    async def count_owner(self, owner_id: str) -> int:
        """See the port."""
        await self._dead_letters.collect()
        facts = await self._count(self._names.facts, self._names.subjects_of_owner(owner_id))
        return facts + await self._count(self._names.dead, self._names.letters_of_owner(owner_id))

    async def purge_owner(self, owner_id: str) -> int:
        """See the port. Returns once nothing is left, but for what came after the last look."""
        erased = 0
        for _ in range(_ERASE_TRIES):
            count = await self.count_owner(owner_id)
            if not count:
                break
            before, js = await self.state(), self._connection.js
            with stream_errors():
                await js.purge_stream(self._names.facts, subject=self._names.subjects_of_owner(owner_id))
                await js.purge_stream(self._names.dead, subject=self._names.letters_of_owner(owner_id))
            await self._reading.note_floor(before)
            erased += count
        return erased

    async def _count(self, stream: str, subject: str) -> int:
        with stream_errors():
            info = await self._connection.js.stream_info(stream, subjects_filter=subject)
        return sum((info.state.subjects or {}).values())

    async def _consumer_info(self, name: str) -> ConsumerInfo:
        with stream_errors():
            try:
                info: ConsumerInfo = await self._connection.js.consumer_info(self._names.facts, name)
            except NotFoundError as error:
                raise UnknownConsumer(f"there is no consumer {name}", consumer=name) from error
        return info

    async def _prepare(self) -> None:
        try:
            await self._streams.ensure()
        except (Unavailable, ResourceExhausted) as error:  # whoever needs the streams makes them
            _log.warning("events_not_prepared", reason=error.reason)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            try:
                held = (await self._reading.info()).state.bytes
            except (Unavailable, ResourceExhausted):
                continue  # whoever uses the stream says so
            if held > FILLING * self._sizes.max_bytes:
                _log.error("events_stream_filling", size_bytes=held, most_bytes=self._sizes.max_bytes)
