"""What an owner's photos can be asked for, remembered for a moment: every search asks."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tintype.kit.errors import DomainError
from tintype.search.domain.query import OwnerTerms

FRESH_S: Final = 2.0  # served as they are
LATE_S: Final = 6.0  # served as they are, and counted anew meanwhile; beyond it the caller waits
_OWNERS: Final = 1_000


@dataclass(slots=True)
class _Known:
    """Terms and when they were counted; `changed` says that this process wrote for the owner since."""

    terms: OwnerTerms
    counted_at: float
    changed: bool = False


class Terms:
    """Counting takes some 20 ms at 100,000 photos, which no search should wait for while others come."""

    def __init__(self, count: Callable[[str], Awaitable[OwnerTerms]]) -> None:
        self._count = count
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._counting: dict[str, asyncio.Task[OwnerTerms]] = {}

    async def of(self, owner_id: str) -> OwnerTerms:
        """An owner's terms, of this moment or of some seconds ago."""
        known = self._known.get(owner_id)
        age = LATE_S if known is None else time.monotonic() - known.counted_at
        if known is not None and not known.changed and age < FRESH_S:
            return known.terms
        counting = self._counting.get(owner_id)
        if counting is None:
            counting = self._counting[owner_id] = asyncio.create_task(self._count_now(owner_id))
            counting.add_done_callback(_settle)
        if known is not None and age < LATE_S and known.terms.spaces:
            return known.terms
        return await asyncio.shield(counting)

    def changed(self, owner_id: str) -> None:
        """Note that this process wrote for an owner."""
        if (known := self._known.get(owner_id)) is not None:
            known.changed = True

    def forget(self, owner_id: str) -> None:
        """Forget an owner."""
        self._known.pop(owner_id, None)

    async def close(self) -> None:
        """Stop counting."""
        for counting in self._counting.values():
            counting.cancel()
        await asyncio.gather(*self._counting.values(), return_exceptions=True)

    async def _count_now(self, owner_id: str) -> OwnerTerms:
        try:
            counted_at = time.monotonic()
            terms = await self._count(owner_id)
            self._known[owner_id] = _Known(terms, counted_at)
            self._known.move_to_end(owner_id)
            if len(self._known) > _OWNERS:
                self._known.popitem(last=False)
            return terms
        finally:
            del self._counting[owner_id]


def _settle(counting: asyncio.Task[OwnerTerms]) -> None:
    """An error that nobody waited for is the next caller's to meet."""
    if not counting.cancelled():
        isinstance(counting.exception(), DomainError)
