"""Aggregates with their unpublished facts: what repositories are made of, in SQLite and in MongoDB alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tintype.kit.outbox import Outbox
from tintype.kit.store.aggregate_shape import Key

T = TypeVar("T")
F = TypeVar("F")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Aggregates in the order of an index; `after` asks for what follows, None on the last page."""

    items: list[T]
    after: tuple[Key, ...] | None


class Aggregates(Outbox[F], Protocol[T, F]):
    """The aggregates of one `Shape`, and the `Outbox` of their facts. A write happens whole or not at all.

    An `index` is the name of one of the shape's, or `EVERYTHING`: all by owner and id, or `OWNED`: an owner's by id.
    """

    async def add(self, aggregate: T, *, facts: Sequence[F] = ()) -> None:
        """Store a new one as it is. Raises `already_exists`, or `taken` of a unique index."""

    async def replace(self, aggregate: T, *, facts: Sequence[F] = ()) -> T:
        """Store it at its next revision, which is stamped on the facts, and return it so; earlier facts stay.

        Raises: `not_found`; `conflict` unless the stored revision is the aggregate's; NewerSchema; `taken`.
        """

    async def remove(self, aggregate: T) -> None:
        """Take it away with its unpublished facts. Raises as `replace`."""

    async def discard(self, *, owner_id: str, aggregate_id: str) -> bool:
        """Take it away whatever its revision; False if it is not there."""

    async def remove_owner(self, owner_id: str) -> int:
        """Take away all of an owner, whatever their revision; returns how many."""

    async def remove_range(self, index: str, *equal: Key, until: Sequence[Key] = ()) -> int:
        """Take away all that `page` would give, whatever their revision; returns how many."""

    async def load(self, *, owner_id: str, aggregate_id: str) -> T:
        """Raises `not_found`; NewerSchema."""

    async def load_many(self, *, owner_id: str, aggregate_ids: Sequence[str]) -> list[T]:
        """Those that exist, in the order of the ids."""

    async def find(self, index: str, *equal: Key) -> T | None:
        """The first one with these values in the `equal` columns of the index."""

    async def page(
        self,
        index: str,
        *equal: Key,
        limit: int,
        after: Sequence[Key] = (),
        until: Sequence[Key] = (),
        descending: bool = False,
    ) -> Page[T]:
        """At most `limit` in the order of the index, stable under inserts.

        Args:
            index: see above.
            equal: a value for each of its `equal` columns.
            limit: the size of the page.
            after: the `after` of the page before, or values of the first `order` columns to begin behind.
            until: values of the first `order` columns to end with, themselves included.
            descending: from the end; `after` and `until` turn round with it.
        """

    async def count(self, index: str, *equal: Key, until: Sequence[Key] = ()) -> int:
        """How many `page` would give."""

    async def distinct(
        self, columns: Sequence[str], index: str, *equal: Key, until: Sequence[Key] = (), limit: int
    ) -> list[tuple[Key, ...]]:
        """At most `limit` different combinations of what those that `page` would give have in these columns."""

    async def values(self, column: str) -> list[Key]:
        """What all of them have in this column, in no order."""
