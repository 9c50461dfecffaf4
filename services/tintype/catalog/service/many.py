"""One change to many photos, of which some may fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tintype.catalog.domain.photo import Photo
from tintype.kit.errors import DomainError, Unavailable

AT_ONCE: Final = 32  # enough to share commits, few enough that others get their turn


@dataclass(frozen=True, slots=True)
class Failed:
    """Why one photo was left as it was."""

    photo_id: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each photo, in the order asked for."""

    photos: tuple[Photo, ...]
    failures: tuple[Failed, ...]


async def each_of(photo_ids: Sequence[str], change: Callable[[str], Awaitable[Photo]]) -> Outcome:
    """Change every photo once; what fails is told, unless the store itself is away: that fails the call."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(photo_id: str) -> Photo | Failed:
        async with gate:
            try:
                return await change(photo_id)
            except Unavailable:
                raise
            except DomainError as error:
                return Failed(photo_id, error.reason, error.message)

    done = await asyncio.gather(*(one(photo_id) for photo_id in dict.fromkeys(photo_ids)))
    return Outcome(
        photos=tuple(each for each in done if isinstance(each, Photo)),
        failures=tuple(each for each in done if isinstance(each, Failed)),
    )
