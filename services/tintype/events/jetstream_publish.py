"""Publishing to JetStream: many in flight, in order, each awaited."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import APIError, NoStreamResponseError

from tintype.events.jetstream_connection import ANSWER_S, JetStreamConnection
from tintype.events.jetstream_errors import stream_errors
from tintype.events.jetstream_names import Names, headers_of
from tintype.events.ports import StreamUnavailable
from tintype.kit.fact import Event


class JetStreamPublisher:
    """Appends facts to the stream; the server recognises a repeated event id.

    nats-py's own `publish_async` is not used: an answer that says an error never reaches who waits for it.

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
        self._client: Client | None = None
        self._inbox = ""
        self._numbers = count()
        self._waiting: dict[str, asyncio.Future[None]] = {}

    async def publish(self, events: Sequence[Event]) -> None:
        """Return once all are durable. Raises StreamUnavailable, StreamFull."""
        try:
            await self._publish(events)
        except NoStreamResponseError:
            await self._ensure()
            with stream_errors():
                await self._publish(events)

    async def _publish(self, events: Sequence[Event]) -> None:
        acks: dict[str, asyncio.Future[None]] = {}

        def lose() -> None:
            for ack in acks.values():
                if not ack.done():
                    ack.set_exception(StreamUnavailable("the connection to the stream was lost", dependency="events"))

        self._connection.on_lost.add(lose)
        try:
            with stream_errors():
                async with asyncio.timeout(ANSWER_S):
                    await self._send(events, acks)
                    answers = await asyncio.gather(*acks.values(), return_exceptions=True)
        finally:
            self._connection.on_lost.discard(lose)
            for token, ack in acks.items():
                self._waiting.pop(token, None)
                ack.cancel()
        for answer in answers:
            if answer is not None:
                _raise(answer)

    async def _send(self, events: Sequence[Event], acks: dict[str, asyncio.Future[None]]) -> None:
        async with self._sending:
            client = self._connection.client
            if client is not self._client:
                inbox = client.new_inbox()
                await client.subscribe(f"{inbox}.*", cb=self._acknowledged)
                self._client, self._inbox = client, inbox
            for event in events:
                token = str(next(self._numbers))
                acks[token] = self._waiting[token] = asyncio.get_running_loop().create_future()
                await client.publish(
                    self._names.subject(event), event.payload, f"{self._inbox}.{token}", headers_of(event)
                )

    async def _acknowledged(self, message: Msg) -> None:
        waiting = self._waiting.pop(message.subject.rpartition(".")[2], None)
        if waiting is None or waiting.done():
            return
        if message.headers and message.headers.get("Status") == "503":
            waiting.set_exception(NoStreamResponseError())
            return
        error = json.loads(message.data).get("error")
        if error is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(APIError(error.get("code"), error.get("description"), error.get("err_code")))


def _raise(answer: BaseException) -> None:
    if isinstance(answer, NoStreamResponseError):
        raise answer
    try:
        with stream_errors():
            raise answer
    except APIError as error:
        raise StreamUnavailable("the stream does not keep the fact", dependency="events") from error
