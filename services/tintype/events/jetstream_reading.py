"""What the stream in JetStream holds, and one owner's facts from a position on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import StreamInfo
from nats.js.errors import NotFoundError

from tintype.events.jetstream_connection import JetStreamConnection
from tintype.events.jetstream_errors import stream_errors
from tintype.events.jetstream_inbox import kept
from tintype.events.jetstream_names import Names, event_of
from tintype.events.ports import Position, StoredEvent, StreamState

CHECK_S: Final = 5.0  # a stream that was made anew says nothing to those who wait for it
_PAGE: Final = 256
_FLOOR: Final = "tintype-floor"  # in the metadata of the stream: see `note_floor`
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


class JetStreamReading:
    """Reads the stream of facts.

    Args:
        connection: of the process.
        names: of the streams.
        ensure: makes the streams where they are gone.
    """

    def __init__(self, connection: JetStreamConnection, names: Names, *, ensure: Callable[[], Awaitable[None]]) -> None:
        self._connection = connection
        self._names = names
        self._ensure = ensure

    async def state(self) -> StreamState:
        """See the port."""
        return state_of(await self.info())

    async def info(self) -> StreamInfo:
        """Of the stream of facts, which is made if it is gone. Raises StreamUnavailable."""
        with stream_errors():
            try:
                return await self._connection.js.stream_info(self._names.facts)
            except NotFoundError:
                await self._ensure()
                return await self._connection.js.stream_info(self._names.facts)

    async def note_floor(self, before: StreamState) -> None:
        """Remember after a purge that what is missing at the beginning was erased, not dropped for its age.

        JetStream's first sequence moves for both, but cursors expire for the second only.
        """
        info = await self.info()
        raw = _raw_first(info)
        if before.epoch == _epoch(info) and raw > before.first_sequence:
            metadata = {**(info.config.metadata or {}), _FLOOR: f"{before.first_sequence}:{raw}"}
            with stream_errors():
                await self._connection.js.update_stream(replace(info.config, metadata=metadata))

    async def read(
        self, owner_id: str, *, after: Position, names: Collection[str], wait: bool
    ) -> AsyncGenerator[StoredEvent, None]:
        """See the port."""
        woken, checked = asyncio.Event(), float("-inf")

        async def wake(_stored: Msg) -> None:
            woken.set()

        client, telling = await self._tell(owner_id, wake)
        try:
            while True:
                woken.clear()
                if self._connection.client is not client:
                    client, telling = await self._tell(owner_id, wake)
                if asyncio.get_running_loop().time() - checked >= CHECK_S:
                    await self._check(after)
                    checked = asyncio.get_running_loop().time()
                subject = self._names.subjects_of_owner(owner_id)
                page = await kept(self._connection, self._names.facts, subject, after=after.sequence, limit=_PAGE)
                for found in page:
                    after = replace(after, sequence=found.sequence)
                    event = event_of(found.subject, found.headers, found.data)
                    if event is not None and (not names or event.name in names):
                        yield StoredEvent(after, event)
                if not page and not wait:
                    return
                if not page:
                    await _within(CHECK_S, woken)
        finally:
            self._connection.later(telling.unsubscribe())

    async def _tell(self, owner_id: str, wake: Callable[[Msg], Awaitable[None]]) -> tuple[Client, Subscription]:
        """Call `wake` for each fact of an owner that is stored, as long as this connection lasts."""
        client = self._connection.client
        with stream_errors():
            return client, await client.subscribe(self._names.stored_of_owner(owner_id), cb=wake)

    async def _check(self, position: Position) -> None:
        (await self.state()).check(position)


def state_of(info: StreamInfo) -> StreamState:
    """What is kept."""
    first = raw = _raw_first(info)
    floor, _, at = (info.config.metadata or {}).get(_FLOOR, "").partition(":")
    if floor and int(at) == raw:
        first = int(floor)
    return StreamState(_epoch(info), first, info.state.last_seq)


def _raw_first(info: StreamInfo) -> int:
    return info.state.first_seq if info.state.messages else info.state.last_seq + 1


def _epoch(info: StreamInfo) -> str:
    assert info.created is not None
    return f"{(info.created - _BEGINNING) // timedelta(microseconds=1):x}"


async def _within(seconds: float, woken: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        pass
