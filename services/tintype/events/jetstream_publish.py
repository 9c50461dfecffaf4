"""Publishing to JetStream: many in flight, in order, each awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from nats.js.api import PubAck
from nats.js.errors import APIError, NoStreamResponseError

from tintype.events.jetstream_connection import ANSWER_S, JetStreamConnection
from tintype.events.jetstream_errors import stream_errors
from tintype.events.jetstream_names import Names, headers_of
from tintype.events.ports import StreamUnavailable
from tintype.kit.fact import Event


class JetStreamPublisher:
    """Appends facts to the stream; the server recognises a repeated event id.

    Args:
        connection: of the process.
        names: of the streams.
        ensure: makes the streams where they are gone.
    """

    def __init__(self, connection: JetStreamConnection, names: Names, *, ensure: Callable[[], Awaitable[None]]) -> None:
        self._connection = connection
        self._names = names
        self._ensure = ensure
        self._sending = asyncio.Lock()  # one batch after the other, so that each keeps its order

    async def publish(self, events: Sequence[Event]) -> None:
        """Return once all are durable. Raises StreamUnavailable, StreamFull."""
        try:
            await self._publish(events)
        except NoStreamResponseError:
            await self._ensure()
            with stream_errors():
                await self._publish(events)

    async def _publish(self, events: Sequence[Event]) -> None:
        acks: list[asyncio.Future[PubAck]] = []

        def lose() -> None:
            for ack in acks:
                if not ack.done():
                    ack.set_exception(StreamUnavailable("the connection to the stream was lost", dependency="events"))

        self._connection.on_lost.add(lose)
        try:
            with stream_errors():
                async with asyncio.timeout(ANSWER_S):
                    await self._send(events, acks)
                    answers = await asyncio.gather(*acks, return_exceptions=True)
        finally:
            self._connection.on_lost.discard(lose)
            for ack in acks:
                ack.cancel()
        for answer in answers:
            if isinstance(answer, BaseException):
                _raise(answer)

    async def _send(self, events: Sequence[Event], acks: list[asyncio.Future[PubAck]]) -> None:
        async with self._sending:
            js = self._connection.js
            for event in events:
                subject, headers = self._names.subject(event), headers_of(event)
                acks.append(await js.publish_async(subject, event.payload, headers=headers))


def _raise(answer: BaseException) -> None:
    if isinstance(answer, NoStreamResponseError):
        raise answer
    try:
        with stream_errors():
            raise answer
    except APIError as error:
        raise StreamUnavailable("the stream does not keep the fact", dependency="events") from error
