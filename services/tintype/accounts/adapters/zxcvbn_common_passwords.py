"""Common passwords from the list that the package zxcvbn ships."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from tintype.accounts.domain.passwords import SHORTEST

REFUSED: Final = 3_000  # of those that are long enough: shorter ones are refused for their length


class ZxcvbnCommonPasswords:
    """CommonPasswords by zxcvbn's list of 30,000, ordered by how often they were found in leaks."""

    async def contains(self, password: str) -> bool:
        return password in await asyncio.to_thread(lambda: self._most_common)

    @cached_property
    def _most_common(self) -> frozenset[str]:
        long_enough = (each for each in FREQUENCY_LISTS["passwords"] if len(each) >= SHORTEST)
        return frozenset(each for each, _ in zip(long_enough, range(REFUSED), strict=False))
