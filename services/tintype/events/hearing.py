"""What a handler of facts is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar, cast

from google.protobuf.message import DecodeError, Message

from tintype.events.ports import Delivery
from tintype.kit.errors import InvalidInput
from tintype.kit.fact import Priority

M = TypeVar("M", bound=Message)

UNHEARD: Final = "nobody hears it"  # of a dead letter, once no process of any version took the fact


class UnreadableFact(InvalidInput):
    """Not a fact that this version can read."""


@dataclass(frozen=True, slots=True)
class Heard(Generic[M]):
    """A fact, and how it came.

    `event_id` is the id of the job where the fact asks for work. `last` says that it will not be delivered again:
    whoever cannot do it now records that it failed, and raises an error of the kind InvalidInput to give it up.
    """

    message: M
    event_id: str
    owner_id: str
    priority: Priority
    time: datetime
    delivered: int
    last: bool


@dataclass(frozen=True, slots=True)
class Hearing(Generic[M]):
    """A fact to hear, by its message class, and what does it.

    `handle` returns once the work is done and durable. It may be called several times for one fact, and late.
    """

    kind: type[M]
    handle: Callable[[Heard[M]], Awaitable[None]]


class Subscribed(Protocol[M]):
    """What a service subscribed to: as a Hearing, but its handler wants the message only."""

    @property
    def message(self) -> type[M]:
        """The class of the fact."""

    @property
    def handler(self) -> Callable[[M], Awaitable[None]]:
        """What does it."""


def hearing(kind: type[M], handle: Callable[[Heard[M]], Awaitable[None]]) -> Hearing[Message]:
    """A Hearing that can stand in a list beside those of other facts; it is only ever given its own."""
    return cast(Hearing[Message], Hearing(kind, handle))


def hearing_of(subscribed: Subscribed[M]) -> Hearing[M]:
    """The Hearing of a subscription."""

    async def handle(heard: Heard[M]) -> None:
        await subscribed.handler(heard.message)

    return Hearing(subscribed.message, handle)


def by_name(hearings: Sequence[Hearing[Message]]) -> Mapping[str, Hearing[Message]]:
    """Each under the name that its fact has in the stream."""
    return {hearing.kind.DESCRIPTOR.name: hearing for hearing in hearings}


def read(delivery: Delivery, hearing: Hearing[M], *, max_deliver: int) -> Heard[M]:
    """Decode what came. Raises UnreadableFact."""
    event = delivery.event
    try:
        message = hearing.kind.FromString(event.payload)
    except DecodeError as error:
        raise UnreadableFact(f"{event.event_id} is no {event.name}") from error
    return Heard(
        message,
        event_id=event.event_id,
        owner_id=event.owner_id,
        priority=event.priority,
        time=event.time,
        delivered=delivery.delivered,
        last=delivery.delivered >= max_deliver,
    )
