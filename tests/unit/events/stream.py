"""A consumer whose facts a test hands out, and deliveries that remember their answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from google.protobuf.message import Message
from tests.timers import settled

from tintype.events.consumer import ConsumerLoop
from tintype.events.ports import ConsumerSpec, StreamUnavailable
from tintype.kit.fact import Event, Priority
from tintype.kit.ids import RandomIds
from tintype.v1 import events_pb2

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
        if not self.ready and wait:
            self._more.clear()
            await self._more.wait()
        given, self.ready = self.ready[:batch], self.ready[batch:]
        return given


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
