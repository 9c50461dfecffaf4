"""The stream of facts as its users see it: publish, durable consumers, replay, dead letters.

Errors of every method, besides those it names: StreamUnavailable.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from tintype.kit.errors import (
    InvalidInput,
    NotFound,
    OutOfRange,
    ResourceExhausted,
    Unavailable,
)
from tintype.kit.fact import Event, Priority

RETENTION: Final = timedelta(days=30)  # how long a fact is kept; tombstones outlive it
DUPLICATE_WINDOW: Final = timedelta(minutes=10)  # at least; how long a repeated event id is recognised
LONGEST_DELAY: Final = timedelta(
    seconds=15
)  # delayed messages hold places in max_ack_pending and stall their neighbours
MAX_DELIVER: Final = 50  # a backstop: attempts are counted by those who work


class StreamUnavailable(Unavailable):
    """The stream does not answer, or does not keep what it is given."""


class StreamFull(ResourceExhausted):
    """The stream has no room left. The facts stay with their aggregates until it has."""


class CursorExpired(OutOfRange):
    """The position is of another stream, or older than what is kept: list again and go on from there."""

    reason = "CURSOR_EXPIRED"


class DeadLetterNotFound(NotFound):
    """No such dead letter, or its fact is no longer kept."""


class UnknownConsumer(NotFound):
    """No consumer of that name was ever made."""


class BadConsumer(InvalidInput):
    """The consumer cannot be made as asked."""


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """A durable consumer: its name, what it hears and how patient it is.

    Args:
        name: letters, digits, `-` and `_`; it keeps its place in the stream under this name.
        names: the facts that it hears.
        priorities: and of which priorities; empty means all.
        ack_wait: a delivery neither answered nor heartbeated for so long is delivered again; at least 2 x p99 of a job.
        max_deliver: a fact delivered so often without an ack becomes a dead letter.
        max_ack_pending: no more than this many are out at once, over all processes.
    """

    name: str
    names: frozenset[str]
    priorities: frozenset[Priority] = frozenset()
    ack_wait: timedelta = timedelta(seconds=30)
    max_deliver: int = MAX_DELIVER
    max_ack_pending: int = 256

    def __post_init__(self) -> None:
        if not self.names or not self.name or not self.name.replace("-", "").replace("_", "").isalnum():
            raise BadConsumer(f"{self.name!r} is not the name of a consumer, or it hears nothing")
        if self.max_deliver < 1 or self.max_ack_pending < 1 or self.ack_wait <= timedelta(0):
            raise BadConsumer(f"the limits of {self.name} must be above zero")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the stream: after `sequence` in the stream of this `epoch`. What a cursor is made of."""

    epoch: str
    sequence: int


@dataclass(frozen=True, slots=True)
class StreamState:
    """What the stream holds.

    `epoch` changes whenever the stream was made anew. Every fact from `first_sequence` to `last_sequence` is kept, but
    for those of erased owners; while nothing is kept the first is the last plus one.
    """

    epoch: str
    first_sequence: int
    last_sequence: int

    @property
    def end(self) -> Position:
        """The place after the newest fact."""
        return Position(self.epoch, self.last_sequence)

    def check(self, position: Position) -> None:
        """Raise CursorExpired if reading on from there would leave something out, or never find its place."""
        if position.epoch != self.epoch or not self.first_sequence - 1 <= position.sequence <= self.last_sequence:
            raise CursorExpired("the cursor is no longer valid: list again and watch from the new cursor")


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A fact and its place."""

    position: Position
    event: Event


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A fact that a consumer gave up, or that was delivered too often.

    `dead_letter_id`s sort by the time of giving up. `event` is None once the stream keeps it no longer. `reason` is
    what `terminate` was given, or MAX_DELIVERIES.
    """

    dead_letter_id: str
    consumer: str
    sequence: int
    delivered: int
    reason: str
    time: datetime
    event: Event | None


MAX_DELIVERIES: Final = "delivered too often"


class Delivery(Protocol):
    """One fact in the hands of a consumer, until it is answered or `ack_wait` has passed without a heartbeat.

    An answer of a delivery that has been delivered again meanwhile is accepted: a late `ack` still ends it, so an
    `ack` is no proof of ownership. Answering twice is answering once; the first answer counts.
    """

    @property
    def event(self) -> Event:
        """The fact."""

    @property
    def sequence(self) -> int:
        """Its place in the stream."""

    @property
    def delivered(self) -> int:
        """How often this consumer was given it, this time included: 1 the first time."""

    async def ack(self) -> None:
        """Say it is done; returns once the stream has recorded that (a double ack)."""

    async def nak(self, delay: timedelta) -> None:
        """Ask for it again after `delay`. Raises ValueError above LONGEST_DELAY."""

    async def in_progress(self) -> None:
        """Say that it is still worked on: `ack_wait` begins anew. Counts no delivery."""

    async def terminate(self, reason: str) -> None:
        """Give it up for good: it becomes a dead letter, recorded when this returns. `reason` holds no content.

        Of a consumer there is one letter of a fact, also of one that was published twice.
        """


class Consumer(Protocol):
    """A durable consumer. All that open it by one name share its facts; each is given to one of them."""

    @property
    def spec(self) -> ConsumerSpec:
        """What it was opened with."""

    async def fetch(self, batch: int, wait: timedelta) -> Sequence[Delivery]:
        """The next facts, in the order of the stream but for redelivered ones, which come when they are due.

        Returns what is there at once, at most `batch`; if nothing is, it `wait`s for the first, and is empty if none
        came. Zero asks for what is there now. It may be cancelled: what it had taken comes again, at the latest after
        `ack_wait`. It survives a restart and a re-creation of the stream: then it is empty, or StreamUnavailable.
        """


class DeadLetters(Protocol):
    """What was given up, oldest first."""

    async def page(self, *, after: str = "", limit: int = 100, consumer: str = "") -> Sequence[DeadLetter]:
        """At most `limit` letters with a `dead_letter_id` above `after`, of one consumer or of all."""

    async def count(self) -> int:
        """How many there are."""

    async def remove(self, dead_letter_id: str) -> None:
        """Forget one. Raises DeadLetterNotFound."""

    async def replay(self, dead_letter_id: str, *, event_id: str) -> None:
        """Publish the fact again under a new event id, for all consumers (they are idempotent), then forget the letter.

        Raises: DeadLetterNotFound, StreamFull.
        """


class EventStream(Protocol):
    """The one stream of facts of an installation. Each fact is kept for RETENTION."""

    @property
    def dead_letters(self) -> DeadLetters:
        """What was given up."""

    async def publish(self, events: Sequence[Event]) -> None:
        """Append facts; returns once all are durable, in their order if nobody else publishes them too.

        An `event_id` seen within DUPLICATE_WINDOW is not appended again. If it raises, some may have been appended:
        publish all of them again. Raises StreamFull.
        """

    async def consumer(self, spec: ConsumerSpec) -> Consumer:
        """Open a durable consumer: make it, or find it and change it to `spec`. A new one begins at the oldest fact.

        An existing one hears what it heard before too: a process of another version may have opened it for that, and
        this one may be given such a fact. What it has not acknowledged outlives every process. Raises BadConsumer if an
        existing one cannot become `spec`.
        """

    async def remove_consumer(self, name: str) -> None:
        """Forget a consumer that is no longer used, and its place. Nothing happens if there is none."""

    async def pending(self, name: str) -> int:
        """How many facts a consumer has still to do: waiting and not acknowledged ones. Raises UnknownConsumer."""

    async def in_flight(self, name: str) -> int:
        """How many of them were given to it and are not acknowledged, delayed ones included. Raises UnknownConsumer."""

    async def oldest_unacknowledged(self, name: str) -> datetime | None:
        """The time of the oldest fact that a consumer has not acknowledged, waiting ones included; None if all is done.

        It may answer too old while a given-up fact is still counted, never too young. Raises UnknownConsumer.
        """

    async def state(self) -> StreamState:
        """What is kept now; it costs little, and it raises when the stream does not answer."""

    def read(
        self,
        owner_id: str,
        *,
        after: Position,
        names: Collection[str] = (),
        wait: bool = True,
    ) -> AsyncGenerator[StoredEvent, None]:
        """One owner's facts after a position, in order; then, if `wait`, new ones as they come, without end.

        `names` restricts the facts. No fact of another owner is ever given. Breaking off is safe at any time, and
        reading on after the last one's position misses and repeats nothing. The position is checked at the start and
        every few seconds while it waits. Raises CursorExpired.
        """

    async def count_owner(self, owner_id: str) -> int:
        """How many facts of an owner are kept, dead letters included."""

    async def purge_owner(self, owner_id: str) -> int:
        """Erase what `count_owner` counts and return how many it was; sequences of others stay.

        One that is out with a consumer stays unacknowledged for up to its `ack_wait`: count after that.
        """
