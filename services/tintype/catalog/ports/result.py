"""Where results of analysis are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tintype.catalog.domain.result import ResultKey, StageResult


class ResultRepository(Protocol):
    """Immutable records by owner and key; photos name those in force."""

    async def add_many(self, results: Sequence[StageResult]) -> None:
        """Store all that are new; one whose key is taken stays as it is: the same job found the same.

        If it fails some may have been stored; no photo names them until the call is repeated.
        """

    async def load_many(self, owner_id: str, keys: Sequence[ResultKey]) -> list[StageResult]:
        """Those that exist, in the order of the keys."""

    async def load_photo(self, *, owner_id: str, photo_id: str) -> list[StageResult]:
        """Every record of a photo, in force or not, by stage and job."""

    async def page_keys(
        self, *, until: datetime, limit: int, after: tuple[str, ResultKey] | None = None
    ) -> list[tuple[str, ResultKey]]:
        """Owner and key of records stored at `until` or earlier, by owner and key: for the sweep of orphans."""

    async def remove_many(self, owner_id: str, keys: Sequence[ResultKey]) -> int:
        """Take records away; returns how many there were."""

    async def remove_photo(self, *, owner_id: str, photo_id: str) -> int:
        """Take away every record of a photo; returns how many there were."""

    async def remove_owner(self, owner_id: str) -> int:
        """Take away every record of an owner; returns how many there were."""

    async def count_owner(self, owner_id: str) -> int:
        """How many records there are of an owner."""
