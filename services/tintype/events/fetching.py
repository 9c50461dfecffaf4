"""Fetching for a pool of workers: from a lower priority only while the higher ones are empty."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from tintype.events.ports import Consumer, Delivery

FETCH_WAIT: Final = timedelta(seconds=5)  # also the longest silence after a broker restarted unnoticed
_NOW: Final = timedelta(0)


class PriorityFetch:
    """Takes from several consumers, the most urgent first.

    While all are empty it waits at each of them for one fact, so that at most one of each lower priority may come
    beside a more urgent one.

    Args:
        consumers: the most urgent first; one is enough.
        take: called with what came, at once, so that it is heartbeated from then on.
        room: how many more may be taken from one consumer, however many the caller has room for.
        freed: set whenever `room` may have grown.
    """

    def __init__(
        self,
        consumers: Sequence[Consumer],
        take: Callable[[Consumer, Sequence[Delivery]], None],
        *,
        room: Callable[[Consumer], int],
        freed: asyncio.Event,
    ) -> None:
        self._consumers = consumers
        self._take = take
        self._room = room
        self._freed = freed
        self._waiting: dict[int, asyncio.Task[None]] = {}

    async def fill(self, most: int) -> None:
        """Take up to `most` if there are any, else wait for some. Raises StreamUnavailable."""
        if len(self._consumers) == 1:
            self._take(self._consumers[0], await self._consumers[0].fetch(most, FETCH_WAIT))
            return
        self._collect()
        self._freed.clear()
        open_levels = [level for level, consumer in enumerate(self._consumers) if self._room(consumer) > 0]
        for level in open_levels:
            if level in self._waiting:  # it is empty
                continue
            consumer = self._consumers[level]
            found = await consumer.fetch(min(most, self._room(consumer)), _NOW)
            self._take(consumer, found)
            if found:
                return
        for level in open_levels:
            if level not in self._waiting:
                self._waiting[level] = asyncio.create_task(self._await_one(self._consumers[level]))
        freed = asyncio.create_task(self._until_freed())
        await asyncio.wait([*self._waiting.values(), freed], return_when=asyncio.FIRST_COMPLETED)
        freed.cancel()
        self._collect()

    async def close(self) -> None:
        """Stop waiting."""
        for task in self._waiting.values():
            task.cancel()
        await asyncio.gather(*self._waiting.values(), return_exceptions=True)
        self._waiting.clear()

    def _collect(self) -> None:
        done = [self._waiting.pop(level) for level, task in list(self._waiting.items()) if task.done()]
        failed = [error for task in done if (error := _error_of(task)) is not None]
        if failed:
            raise failed[0]

    async def _until_freed(self) -> None:
        await self._freed.wait()

    async def _await_one(self, consumer: Consumer) -> None:
        self._take(consumer, await consumer.fetch(1, FETCH_WAIT))


def _error_of(task: asyncio.Task[None]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()
