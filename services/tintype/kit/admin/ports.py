"""What administration needs of the stream of facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tintype.kit.fact import Event


class DeadLetter(Protocol):
    """A fact that was given up; `event` is None once the stream keeps it no longer."""

    @property
    def dead_letter_id(self) -> str:
        """Sorts by the time of giving up."""

    @property
    def consumer(self) -> str:
        """Who gave it up."""

    @property
    def delivered(self) -> int:
        """How often it came."""

    @property
    def reason(self) -> str:
        """Why."""

    @property
    def time(self) -> datetime:
        """When."""

    @property
    def event(self) -> Event | None:
        """The fact."""


class DeadLetters(Protocol):
    """What was given up, oldest first."""

    async def page(self, *, after: str = "", limit: int = 100, consumer: str = "") -> Sequence[DeadLetter]:
        """At most `limit` above `after`."""

    async def count(self) -> int:
        """How many."""

    async def remove(self, dead_letter_id: str) -> None:
        """Forget one. Raises NotFound."""

    async def replay(self, dead_letter_id: str, *, event_id: str) -> None:
        """Publish it again under a new event id, then forget the letter. Raises NotFound."""


class Queues(Protocol):
    """The durable consumers of the stream, and what they gave up."""

    @property
    def dead_letters(self) -> DeadLetters:
        """What was given up."""

    async def pending(self, name: str) -> int:
        """How many facts a consumer has still to do. Raises NotFound."""

    async def in_flight(self, name: str) -> int:
        """How many of them it was given. Raises NotFound."""

    async def oldest_unacknowledged(self, name: str) -> datetime | None:
        """The time of the oldest of them. Raises NotFound."""
