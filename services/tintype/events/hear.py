"""Consumers of whole services and of pools of workers, for bootstraps to wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from google.protobuf.message import Message

from tintype.events.consumer import REFETCH_S, ConsumerLoop, Limits, always_back
from tintype.events.hearing import Hearing, Subscribed, hearing_of
from tintype.events.ports import Consumer, ConsumerSpec, EventStream, StreamUnavailable
from tintype.kit.fact import Priority

ACK_WAIT: Final = timedelta(seconds=30)

Consume = Callable[[str, Sequence[Subscribed[Message]]], Awaitable[None]]


def consuming(
    stream: EventStream,
    *,
    limits: Limits | None = None,
    ack_wait: timedelta = ACK_WAIT,
    probe: Callable[[], Awaitable[None]] = always_back,
    coalesce: Callable[[Message], str] = lambda message: "",
) -> Consume:
    """What `kit.app.App` takes as `consume`: it hears the facts of a service through one consumer, until cancelled.

    Args:
        stream: the stream.
        limits, probe, coalesce: as for ConsumerLoop.
        ack_wait: at least 2 x p99 of a handler.
    """

    async def consume(name: str, subscriptions: Sequence[Subscribed[Message]]) -> None:
        hearings = [hearing_of(subscribed) for subscribed in subscriptions]
        await hear(stream, name, hearings, limits=limits, ack_wait=ack_wait, probe=probe, coalesce=coalesce)

    return consume


async def hear(
    stream: EventStream,
    name: str,
    hearings: Sequence[Hearing[Message]],
    *,
    limits: Limits | None = None,
    ack_wait: timedelta = ACK_WAIT,
    probe: Callable[[], Awaitable[None]] = always_back,
    coalesce: Callable[[Message], str] = lambda message: "",
) -> None:
    """Hear facts through one durable consumer, with what `Heard` says of how they came, until cancelled.

    Args:
        stream: the stream.
        name: of the consumer.
        hearings: what to do with each fact.
        limits, ack_wait, probe, coalesce: as for `consuming`.
    """
    limits = limits or Limits()
    spec = ConsumerSpec(name, _names(hearings), ack_wait=ack_wait, max_ack_pending=_held(limits))
    loop = ConsumerLoop([await _opened(stream, spec)], hearings, limits=limits, probe=probe, coalesce=coalesce)
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
) -> None:
    """Be one worker of a pool that shares a durable consumer for each priority, until cancelled.

    Args:
        stream: the stream.
        name: of the pool; its consumers are `<name>-person`, `<name>-backlog` and `<name>-deferred`.
        hearings: what to do with each fact.
        limits: of this worker; the most urgent facts take its places first.
        max_ack_pending: the places of all workers of the pool together.
        ack_wait, probe: as for `consuming`.
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
    await ConsumerLoop(consumers, hearings, limits=limits, probe=probe).run()


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
