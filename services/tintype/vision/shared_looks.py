"""One run for all who look at the same picture at the same time: an encoder makes the vector and names things by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from tintype.vision.ports import Matrix, RgbImage

Encode = Callable[[RgbImage], Coroutine[None, None, Matrix]]


@dataclass(eq=False, slots=True)
class _Look:
    task: asyncio.Task[Matrix]
    waiting: int = 0


class SharedLooks:
    """Asks `encode` once for an array that several want at once; the run ends when the last of them is cancelled."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._looks: dict[int, _Look] = {}  # by the identity of the array, which the run keeps alive

    async def of(self, image: RgbImage) -> Matrix:
        """What `encode` gives; it must not be written to. Raises what `encode` does."""
        key = id(image)
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = _Look(asyncio.create_task(self._encode(image)))
        look.waiting += 1
        try:
            return await asyncio.shield(look.task)
        finally:
            look.waiting -= 1
            if not look.waiting:
                del self._looks[key]
                look.task.cancel()
