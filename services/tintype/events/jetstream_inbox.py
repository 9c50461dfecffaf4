"""Answers to a request that has several: facts that a consumer asks for, messages that a stream keeps."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Final

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from tintype.events.jetstream_connection import ANSWER_S, JetStreamConnection
from tintype.events.jetstream_errors import stream_errors
from tintype.events.jetstream_names import Kept
from tintype.events.ports import StreamUnavailable

LATE_S: Final = 0.1  # the server ends a request itself; so much later it is ended from here
LINGER_S: Final = (
    0.02  # so long more is waited for once something came: while a consumer is full the server says nothing
)

# How a request ended. The first two are ours, the others are the server's.
NOT_YET: Final = 0
LOST: Final = -1
END_OF_BATCH: Final = 204
NOT_FOUND: Final = 404
TIMED_OUT: Final = 408
CONFLICT: Final = 409
NO_RESPONDERS: Final = 503


class Inbox:
    """Where the answers come to a request that names it: up to `most` messages, or fewer and a status.

    A message that comes when nobody waits any more goes to `refuse`.
    """

    def __init__(
        self, connection: JetStreamConnection, most: int, refuse: Callable[[Msg], Coroutine[None, None, None]]
    ) -> None:
        self.messages: list[Msg] = []
        self.status = NOT_YET
        self.reason = ""
        self._connection = connection
        self._client = connection.client
        self._name = self._client.new_inbox()
        self._most = most
        self._refuse = refuse
        self._open = True
        self._news = asyncio.Event()
        self._closing: asyncio.Task[None] | None = None
        self._answers: Subscription

    @classmethod
    @asynccontextmanager
    async def open(
        cls, connection: JetStreamConnection, most: int, refuse: Callable[[Msg], Coroutine[None, None, None]]
    ) -> AsyncIterator[Inbox]:
        """Listen until the end of the block. Raises StreamUnavailable."""
        inbox = cls(connection, most, refuse)
        with stream_errors():
            inbox._answers = await inbox._client.subscribe(inbox._name, cb=inbox._receive)
        connection.on_lost.add(inbox._lose)
        try:
            yield inbox
        finally:
            connection.on_lost.discard(inbox._lose)
            inbox._open = False
            inbox._close()

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return self.status != NOT_YET or len(self.messages) >= self._most

    async def ask(self, subject: str, request: dict[str, object]) -> None:
        """Send the request. Raises StreamUnavailable."""
        with stream_errors():
            await self._client.publish(subject, json.dumps(request).encode(), reply=self._name)

    async def news(self, longest_s: float) -> bool:
        """Wait for something to come; says whether it did."""
        try:
            async with asyncio.timeout(longest_s):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True

    async def finish(self) -> None:
        """Ask for no more, and take what was on its way."""
        if not self.ended:
            await asyncio.wait([self._close()], timeout=ANSWER_S)

    def _close(self) -> asyncio.Task[None]:
        """While there may be more the server has to be told, and to have heard it, before nobody listens."""
        if self._closing is None:
            self._closing = self._connection.later(self._answers.unsubscribe() if self.ended else self._answers.drain())
        return self._closing

    async def _receive(self, message: Msg) -> None:
        headers = message.headers or {}
        if "Status" in headers:
            self.status, self.reason = int(headers["Status"]), headers.get("Description", "")
        elif self._open:
            self.messages.append(message)
        else:
            await self._refuse(message)
        self._news.set()

    def _lose(self) -> None:
        self.status = LOST
        self._news.set()


async def kept(connection: JetStreamConnection, stream: str, subject: str, *, after: int, limit: int) -> list[Kept]:
    """Messages that a stream keeps on a subject (it may have wildcards) after a sequence, in their order.

    Raises: StreamUnavailable, also if there is no such stream.
    """
    request: dict[str, object] = {"seq": after + 1, "next_by_subj": subject, "batch": limit}
    async with Inbox.open(connection, limit + 1, _ignore) as inbox:
        await inbox.ask(f"$JS.API.DIRECT.GET.{stream}", request)
        while not inbox.ended:
            if not await inbox.news(ANSWER_S):
                raise StreamUnavailable("the stream does not answer", dependency="events")
    if inbox.status not in (END_OF_BATCH, NOT_FOUND):
        raise StreamUnavailable("the stream cannot be read", dependency="events")
    return [_kept(message) for message in inbox.messages]


async def pull(connection: JetStreamConnection, stream: str, consumer: str, *, batch: int, wait_s: float) -> Inbox:
    """Ask a consumer once for what is there, or for what comes first within `wait_s`; returns the closed inbox.

    nats-py's own `fetch` holds what came until the whole batch has come or its time is over.
    It may be cancelled: what came is given back.
    """
    request: dict[str, object] = {"batch": batch, "no_wait": True}
    if wait_s > 0:
        request["expires"] = max(1, int(wait_s * 1e9))
    async with Inbox.open(connection, batch, _give_back) as inbox:
        try:
            await inbox.ask(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}", request)
            patience_s = wait_s + LATE_S
            while not inbox.ended and await inbox.news(patience_s):
                patience_s = LINGER_S
            await inbox.finish()
        except asyncio.CancelledError:
            for message in inbox.messages:
                connection.later(_give_back(message))
            raise
    return inbox


def _kept(message: Msg) -> Kept:
    headers = message.headers or {}
    return Kept(int(headers["Nats-Sequence"]), headers["Nats-Subject"], headers, message.data)


async def _give_back(message: Msg) -> None:
    """Nobody waits for it any more: let it come again at once."""
    await message.nak()


async def _ignore(message: Msg) -> None:
    """A copy of what the stream has."""
