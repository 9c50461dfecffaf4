"""What a repository gives the publisher: facts that were written with a change and wait to be published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

F = TypeVar("F")


@dataclass(frozen=True)
class Unpublished(Generic[F]):
    """A fact in the outbox of its aggregate; `event_id` was made when it was written, at `time`."""

    event_id: str
    owner_id: str
    aggregate_id: str
    fact: F
    time: datetime


class Outbox(Protocol[F]):
    """The facts of one repository that may not have been published yet."""

    def listen(self, written: Callable[[Sequence[Unpublished[F]]], None]) -> None:
        """Call `written` on the loop with the facts of each write of this process, once they are durable."""

    async def unpublished(self, *, older_than: datetime, limit: int) -> list[Unpublished[F]]:
        """At most `limit` facts, or a few more of the last aggregate, written before `older_than`; oldest first."""

    async def mark_published(self, facts: Sequence[Unpublished[F]]) -> None:
        """Take them out; one that is gone already is no error. The revision stays, so a replace never loses to it."""

    async def count_unpublished(self, *, older_than: datetime) -> int:
        """How many aggregates hold facts written before `older_than`: an alarm if it grows."""
