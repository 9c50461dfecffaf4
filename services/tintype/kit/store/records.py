"""Aggregates as they are stored, for whoever carries them from one database to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tintype.kit.store.documents import Document

RecordKey = tuple[str, str]  # owner_id, id


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells two states of a record apart: its revision, and the ids of the facts that wait with it."""

    key: RecordKey
    revision: int
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record, whole; the facts that wait lie in it as both databases store them."""

    key: RecordKey
    revision: int
    schema: int
    content: Document
    unpublished: Sequence[Mapping[str, object]] = ()


class Records(Protocol):
    """All records of one kind. Reading makes and changes nothing, not even tables or indexes."""

    @property
    def name(self) -> str:
        """Of the table or collection; the same in every database."""

    async def prepare(self) -> None:
        """Make what writing needs."""

    async def stamps(self, *, after: RecordKey | None, limit: int) -> list[Stamp]:
        """In the order of their keys, those behind `after`; none where nothing was ever stored."""

    async def read(self, keys: Sequence[RecordKey]) -> list[Record]:
        """Those that exist, in the order of the keys."""

    async def write(self, records: Sequence[Record]) -> None:
        """Store them as they are, whatever lies there. Raises NewerSchema."""

    async def remove(self, keys: Sequence[RecordKey]) -> None:
        """Take them away, if they are there."""

    async def count(self) -> int:
        """How many there are."""
