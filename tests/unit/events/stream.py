"""A consumer whose facts a test hands out, deliveries that remember their answers, and a loop over them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from google.protobuf.message import Message
from tests.timers import Timers, settled

from tintype.events.consumer import Blocked, ConsumerLoop, Limits
from tintype.events.hearing import Heard, hearing
from tintype.events.ports import ConsumerSpec, StreamUnavailable
from tintype.kit.fact import Event, Priority
from tintype.kit.ids import RandomIds
from tintype.v1 import events_pb2

Photo = events_pb2.PhotoChanged
Handle = Callable[[Heard[Photo]], Awaitable[None]]

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fact(photo_id: str = "p", *, revision: int = 1) -> events_pb2.PhotoChanged:
    return events_pb2.PhotoChanged(photo_id=photo_id, owner_id="ann", revision=revision)


class HandedOut:
    """Delivery."""

    def __init__(self, message: Message, sequence: int, delivered: int = 1) -> None:
        name, payload = message.DESCRIPTOR.name, message.SerializeToString()
        self.event = Event(RandomIds().new(), "ann", name, payload, NOON, Priority.PERSON)
        self.sequence = sequence
        self.delivered = delivered
        self.answers: list[str] = []
        self.heartbeats = 0

    async def ack(self) -> None:
        self.answers.append("ack")

    async def nak(self, delay: timedelta) -> None:
        self.answers.append(f"nak {delay.total_seconds():g}")

    async def in_progress(self) -> None:
        self.heartbeats += 1

    async def terminate(self, reason: str) -> None:
        self.answers.append(f"terminate {reason}")


class ByHand:
    """Consumer."""

    def __init__(self, name: str = "search") -> None:
        self.spec = ConsumerSpec(name, frozenset({"PhotoChanged"}), ack_wait=timedelta(seconds=30), max_deliver=5)
        self.ready: list[HandedOut] = []
        self.fetches = 0
        self.away = False
        self.broken = False
        self._more = asyncio.Event()
        self._sequence = 0

    def hand_out(self, *messages: Message, delivered: int = 1) -> list[HandedOut]:
        new = []
        for message in messages:
            self._sequence += 1
            new.append(HandedOut(message, self._sequence, delivered))
        self.ready += new
        self._more.set()
        return new

    async def fetch(self, batch: int, wait: timedelta) -> Sequence[HandedOut]:
        self.fetches += 1
        if self.away:
            raise StreamUnavailable("away")
        if self.broken:
            raise asyncio.CancelledError
        if not self.ready and wait:
            self._more.clear()
            await self._more.wait()
        given, self.ready = self.ready[:batch], self.ready[batch:]
        return given


class Worker:
    """A handler that remembers what it was given, and ends when the test says so."""

    def __init__(self, *, held: bool = False) -> None:
        self.heard: list[Heard[Photo]] = []
        self.error: BaseException | None = None
        self.done = asyncio.Event()
        self.running = 0
        self.most = 0
        if not held:
            self.done.set()

    @property
    def photos(self) -> list[str]:
        return [heard.message.photo_id for heard in self.heard]

    async def handle(self, heard: Heard[Photo]) -> None:
        self.heard.append(heard)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.done.wait()
        finally:
            self.running -= 1
        if self.error is not None:
            raise self.error


def loop_of(
    *consumers: ByHand,
    handle: Handle,
    timers: Timers,
    limits: Limits | None = None,
    probe: Callable[[], Awaitable[None]] | None = None,
    coalesce: Callable[[object], str] = lambda message: "",
    blocked: Blocked | None = None,
) -> ConsumerLoop:
    async def back() -> None:
        return

    return ConsumerLoop(
        consumers,
        [hearing(Photo, handle)],
        limits=limits,
        probe=probe or back,
        coalesce=coalesce,
        blocked=blocked,
        sleep=timers.sleep,
        monotonic=timers.monotonic,
    )


@asynccontextmanager
async def running(loop: ConsumerLoop) -> AsyncIterator[asyncio.Task[None]]:
    """The loop at work; the end drains it."""
    task = asyncio.create_task(loop.run())
    await settled()
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
