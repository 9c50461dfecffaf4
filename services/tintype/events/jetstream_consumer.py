"""A durable pull consumer of JetStream.

nats-py's own `fetch` is not used: it holds what came until the whole batch has come or its time is over.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig
from nats.js.errors import APIError, NotFoundError

from tintype.events.jetstream_connection import JetStreamConnection
from tintype.events.jetstream_dead_letters import RECORDED, GivenUp
from tintype.events.jetstream_errors import stream_errors
from tintype.events.jetstream_inbox import CONFLICT, LOST, NO_RESPONDERS, Inbox, pull
from tintype.events.jetstream_names import EVENT_ID, Names, event_of, owner_of
from tintype.events.ports import LONGEST_DELAY, BadConsumer, ConsumerSpec, StreamUnavailable
from tintype.kit.errors import DomainError
from tintype.kit.fact import Event
from tintype.kit.log import log_of

PAUSE_S: Final = 0.05  # when others wait for what is there, or as much is out as may be
CONFIRM_S: Final = 2.0
CONFIRM_WITHIN_S: Final = 6.0
CONFIRM_AGAIN_S: Final = 0.2  # a server that restarts answers before it knows its consumers
UNREADABLE: Final = "it is no fact"
_PROGRESS: Final = b"+WPI"
_TERMINATED: Final = f"+TERM {RECORDED}".encode()
_CHANGED: Final = ("filter_subjects", "ack_wait", "max_deliver", "max_ack_pending")

_log: Final = log_of(__name__)


class JetStreamConsumer:
    """Consumer on a durable consumer of the stream of facts.

    Args:
        connection: of the process.
        names: of the streams.
        spec: what it hears.
        ensure: makes the streams where they are gone.
        bury: writes a dead letter.
    """

    def __init__(
        self,
        connection: JetStreamConnection,
        names: Names,
        spec: ConsumerSpec,
        *,
        ensure: Callable[[], Awaitable[None]],
        bury: Callable[[GivenUp], Awaitable[None]],
    ) -> None:
        self._connection = connection
        self._names = names
        self._spec = spec
        self._ensure = ensure
        self._bury = bury
        self._made = False

    @property
    def spec(self) -> ConsumerSpec:
        """See the port."""
        return self._spec

    async def make(self) -> None:
        """Make it, find it, or change it to its spec. Raises StreamUnavailable, BadConsumer."""
        await self._ensure()
        try:
            with stream_errors():
                await self._make()
        except NotFoundError as error:
            raise StreamUnavailable("the stream is gone", dependency="events") from error
        except APIError as error:
            raise BadConsumer(f"{self._spec.name} cannot be made: {error.description}") from error
        self._made = True

    async def _make(self) -> None:
        """A filter is never narrowed: while versions run side by side, a newer process may hear more than this one.

        Where nothing changes nothing is written, so that a process which starts cannot undo what one beside it does.
        """
        js, wanted = self._connection.js, config_of(self._names, self._spec)
        try:
            found = (await js.consumer_info(self._names.facts, self._spec.name)).config
        except NotFoundError:
            await js.add_consumer(self._names.facts, wanted)
            return
        before = found.filter_subjects or ([found.filter_subject] if found.filter_subject else [])
        wanted = replace(wanted, filter_subjects=self._names.widened(self._spec, before))
        found.filter_subjects = sorted(before)
        if any(getattr(found, field) != getattr(wanted, field) for field in _CHANGED):
            await js.add_consumer(self._names.facts, wanted)

    async def fetch(self, batch: int, wait: timedelta) -> Sequence[JetStreamDelivery]:
        """See the port."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait.total_seconds()
        await self._connection.wait(wait.total_seconds())
        while True:
            if not self._made:
                await self.make()
            left = deadline - loop.time()
            inbox = await pull(self._connection, self._names.facts, self._spec.name, batch=batch, wait_s=max(0.0, left))
            deliveries = [each for message in inbox.messages if (each := await self._delivery(message)) is not None]
            if deliveries or inbox.status == LOST:
                return deliveries
            if self._is_gone(inbox):
                self._made = False
            left = deadline - loop.time()
            if left <= 0:
                return []
            await asyncio.sleep(min(left, PAUSE_S))

    async def bury(self, delivery: JetStreamDelivery, reason: str) -> None:
        """Write the dead letter of a delivery."""
        event = delivery.event
        given_up = GivenUp(self._spec.name, delivery.sequence, delivery.delivered, reason)
        await self._bury(replace(given_up, owner_id=event.owner_id, event_id=event.event_id))

    async def _delivery(self, message: Msg) -> JetStreamDelivery | None:
        """None if it is no fact: then it is given up here, for nobody else could."""
        event = event_of(message.subject, message.headers, message.data)
        if event is not None:
            return JetStreamDelivery(self, self._connection, message, event)
        sequence, delivered = message.metadata.sequence.stream, message.metadata.num_delivered
        _log.error("message_no_fact", consumer=self._spec.name, sequence=sequence)
        owner_id, event_id = owner_of(message.subject), (message.headers or {}).get(EVENT_ID, "")
        try:
            await self._bury(GivenUp(self._spec.name, sequence, delivered, UNREADABLE, owner_id, event_id))
            await _confirmed(self._connection, message.reply, _TERMINATED)
        except DomainError:  # it comes again
            _log.warning("fact_not_answered", consumer=self._spec.name, sequence=sequence)
        return None

    def _is_gone(self, inbox: Inbox) -> bool:
        """Nobody answers for the consumer, or it is deleted: it has to be made again, perhaps its stream too."""
        return inbox.status == NO_RESPONDERS or (inbox.status == CONFLICT and "Deleted" in inbox.reason)


class JetStreamDelivery:
    """Delivery of a JetStreamConsumer."""

    def __init__(
        self, consumer: JetStreamConsumer, connection: JetStreamConnection, message: Msg, event: Event
    ) -> None:
        self._consumer = consumer
        self._connection = connection
        self._reply = message.reply
        self._sequence = message.metadata.sequence.stream
        self._delivered = message.metadata.num_delivered
        self._event = event
        self._answered = False

    @property
    def event(self) -> Event:
        """See the port."""
        return self._event

    @property
    def sequence(self) -> int:
        """See the port."""
        return self._sequence

    @property
    def delivered(self) -> int:
        """See the port."""
        return self._delivered

    async def ack(self) -> None:
        """See the port."""
        if not self._answered:
            await _confirmed(self._connection, self._reply, b"+ACK")
            self._answered = True

    async def nak(self, delay: timedelta) -> None:
        """See the port."""
        if not timedelta(0) <= delay <= LONGEST_DELAY:
            raise ValueError(f"a delay of {delay} would hold up others; at most {LONGEST_DELAY}")
        if not self._answered:
            await _confirmed(self._connection, self._reply, _nak(delay))
            self._answered = True

    async def in_progress(self) -> None:
        """See the port."""
        if not self._answered:
            with stream_errors():
                await self._connection.client.publish(self._reply, _PROGRESS)

    async def terminate(self, reason: str) -> None:
        """See the port. The letter is written first: an advisory is said once, and may die with the server."""
        if not self._answered:
            await self._consumer.bury(self, reason)
            await _confirmed(self._connection, self._reply, _TERMINATED)
            self._answered = True


def config_of(names: Names, spec: ConsumerSpec) -> ConsumerConfig:
    """The consumer that a spec asks for. There is no `backoff`: it would replace ack_wait and not act on a NAK."""
    return ConsumerConfig(
        name=spec.name,
        durable_name=spec.name,
        filter_subjects=names.filters(spec),
        ack_wait=spec.ack_wait.total_seconds(),
        max_deliver=spec.max_deliver,
        max_ack_pending=spec.max_ack_pending,
    )


async def _confirmed(connection: JetStreamConnection, reply: str, answer: bytes) -> None:
    """Say it until the server has recorded it (a double ack), also to one that restarts meanwhile."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + CONFIRM_WITHIN_S
    while True:
        await connection.wait(deadline - loop.time())
        try:
            await connection.request(reply, answer, timeout_s=CONFIRM_S)
            return
        except StreamUnavailable:
            if loop.time() >= deadline:
                raise
            await asyncio.sleep(CONFIRM_AGAIN_S)


def _nak(delay: timedelta) -> bytes:
    nanoseconds = int(delay.total_seconds() * 1e9)
    return b"-NAK " + json.dumps({"delay": nanoseconds}).encode() if nanoseconds else b"-NAK"
