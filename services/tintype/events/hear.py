"""Consumers of whole services and of pools of workers, for bootstraps to wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from google.protobuf.message import Message

from tintype.events.consumer import REFETCH_S, Blocked, ConsumerLoop, Limits, always_back
from tintype.events.hearing import Hearing, Subscribed, hearing_of
from tintype.events.ports import Consumer, ConsumerSpec, EventStream, StreamUnavailable
from tintype.kit.fact import Priority

ACK_WAIT: Final = timedelta(seconds=30)


class Consuming:
    """What `kit.app.App` takes as `consume`. `blocked` says what it waits for."""

    def __init__(
        self, hear_all: Callable[[str, Sequence[Hearing[Message]], Blocked], Awaitable[None]], blocked: Blocked
    ) -> None:
        self._hear_all = hear_all
        self._blocked = blocked

    @property
    def blocked_by(self) -> str:
        """The dependency whose absence makes it wait; empty if it runs."""
        return self._blocked.by

    async def __call__(self, name: str, subscriptions: Sequence[Subscribed[Message]]) -> None:
        """Hear the facts of a service through one consumer, until cancelled."""
        await self._hear_all(name, [hearing_of(subscribed) for subscribed in subscriptions], self._blocked)


def consuming(
    stream: EventStream,
    *,
    limits: Limits | None = None,
    ack_wait: timedelta = ACK_WAIT,
    probe: Callable[[], Awaitable[None]] = always_back,
    coalesce: Callable[[Message], str] = lambda message: "",
) -> Consuming:
    """Hear the facts of a service through one consumer.

    Args:
        stream: the stream.
        limits, probe, coalesce: as for ConsumerLoop.
        ack_wait: at least 2 x p99 of a handler.
    """

    async def hear_all(name: str, hearings: Sequence[Hearing[Message]], blocked: Blocked) -> None:
        await hear(
            stream, name, hearings, limits=limits, ack_wait=ack_wait, probe=probe, coalesce=coalesce, blocked=blocked
        )

    return Consuming(hear_all, Blocked())


async def hear(
    stream: EventStream,
    name: str,
    hearings: Sequence[Hearing[Message]],
    *,
    limits: Limits | None = None,
    ack_wait: timedelta = ACK_WAIT,
    probe: Callable[[], Awaitable[None]] = always_back,
    coalesce: Callable[[Message], str] = lambda message: "",
    blocked: Blocked | None = None,
) -> None:
    """Hear facts through one durable consumer, with what `Heard` says of how they came, until cancelled.

    Args:
        stream: the stream.
        name: of the consumer.
        hearings: what to do with each fact.
        limits, ack_wait, probe, coalesce: as for `consuming`.
        blocked: told what it waits for.
    """
    limits = limits or Limits()
    spec = ConsumerSpec(name, _names(hearings), ack_wait=ack_wait, max_ack_pending=_held(limits))
    loop = ConsumerLoop(
        [await _opened(stream, spec)], hearings, limits=limits, probe=probe, coalesce=coalesce, blocked=blocked
    )
    await loop.run()


async def work(
    stream: EventStream,
    name: str,
    hearings: Sequence[Hearing[Message]],
    *,
    limits: Limits,
    max_ack_pending: int,
    ack_wait: timedelta = ACK_WAIT,
    probe: Callable[[], Awaitable[None]] = always_back,
    blocked: Blocked | None = None,
) -> None:
    """Be one worker of a pool that shares a durable consumer for each priority, until cancelled.

    Args:
        stream: the stream.
        name: of the pool; its consumers are `<name>-person`, `<name>-backlog` and `<name>-deferred`.
        hearings: what to do with each fact.
        limits: of this worker; the most urgent facts take its places first.
        max_ack_pending: the places of all workers of the pool together.
        ack_wait, probe: as for `consuming`.
        blocked: told what it waits for.
    """
    consumers = [
        await _opened(
            stream,
            ConsumerSpec(
                consumer_name(name, priority),
                _names(hearings),
                frozenset({priority}),
                ack_wait=ack_wait,
                max_ack_pending=max_ack_pending,
            ),
        )
        for priority in sorted(Priority)
    ]
    await ConsumerLoop(consumers, hearings, limits=limits, probe=probe, blocked=blocked).run()


def consumer_name(pool: str, priority: Priority) -> str:
    """The name of a pool's consumer for one priority."""
    return f"{pool}-{priority.name.lower()}"


async def _opened(stream: EventStream, spec: ConsumerSpec) -> Consumer:
    """Open it as soon as the stream answers: a process may start before its broker."""
    while True:
        try:
            return await stream.consumer(spec)
        except StreamUnavailable:
            await asyncio.sleep(REFETCH_S)


def _names(hearings: Sequence[Hearing[Message]]) -> frozenset[str]:
    return frozenset(hearing.kind.DESCRIPTOR.name for hearing in hearings)


def _held(limits: Limits) -> int:
    """Places of several processes that host the same service: what one holds must not stop the others."""
    return 4 * (limits.concurrency + limits.ahead)
