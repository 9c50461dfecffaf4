"""Owners watch their libraries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tintype.catalog.domain.library_event import EventKind, LibraryEvent
from tintype.catalog.ports.cursor import Cursors
from tintype.events.ports import EventStream, Position, StoredEvent

KEEP_ALIVE: Final = timedelta(seconds=15)  # proxies cut what is silent for a minute; as the contract says

ReadEvent = Callable[[StoredEvent], LibraryEvent]


@dataclass(frozen=True, slots=True)
class Watched:
    """An event, or None to keep the stream alive, and the cursor to go on from."""

    event: LibraryEvent | None
    cursor: str


class Watching:
    """Reads the stream of facts for its owners. `read_event` turns a stored fact into an event."""

    def __init__(
        self, stream: EventStream, cursors: Cursors, *, read_event: ReadEvent, keep_alive: timedelta = KEEP_ALIVE
    ) -> None:
        self._stream = stream
        self._cursors = cursors
        self._read_event = read_event
        self._keep_alive_s = keep_alive.total_seconds()

    async def watch(self, owner_id: str, *, cursor: str, kinds: Collection[EventKind]) -> AsyncGenerator[Watched, None]:
        """Where it begins, then events as they come, without end; an empty cursor begins now.

        Raises: CursorInvalid, CursorExpired, Unavailable.
        """
        after = await self._begin(owner_id, cursor)
        yield Watched(None, self._cursor(owner_id, after))
        names = {kind.fact for kind in kinds or EventKind}
        async with (
            aclosing(self._stream.read(owner_id, after=after, names=names)) as facts,
            aclosing(_with_pauses(facts, self._keep_alive_s)) as paused,
        ):
            async for stored in paused:
                if stored is None:
                    yield Watched(None, self._cursor(owner_id, after))
                    continue
                after, event = stored.position, self._read_event(stored)
                if not kinds or event.kind in kinds:
                    yield Watched(event, self._cursor(owner_id, after))

    async def _begin(self, owner_id: str, cursor: str) -> Position:
        state = await self._stream.state()
        if not cursor:
            return state.end
        position = Position(*self._cursors.open(owner_id, cursor))
        state.check(position)
        return position

    def _cursor(self, owner_id: str, position: Position) -> str:
        return self._cursors.at(owner_id, epoch=position.epoch, sequence=position.sequence)


async def _with_pauses(
    facts: AsyncGenerator[StoredEvent, None], pause_s: float
) -> AsyncGenerator[StoredEvent | None, None]:
    """The facts, and None whenever none came for so long."""

    async def following() -> StoredEvent:
        return await anext(facts)

    waiting: asyncio.Task[StoredEvent] | None = None
    try:
        while True:
            waiting = waiting or asyncio.create_task(following())
            done, _ = await asyncio.wait({waiting}, timeout=pause_s)
            if done:
                stored, waiting = waiting.result(), None
                yield stored
            else:
                yield None
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
