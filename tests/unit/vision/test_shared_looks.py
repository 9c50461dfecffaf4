"""Who looks at the same picture at the same time shares one run of the encoder."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tintype.vision.ports import Matrix, ModelsUnavailable, RgbImage
from tintype.vision.shared_looks import SharedLooks


class Encoder:
    """Counts its runs; a run takes until `ready`, or fails with `error`."""

    def __init__(self) -> None:
        self.runs = 0
        self.ended = 0
        self.ready = asyncio.Event()
        self.error: Exception | None = None

    async def encode(self, image: RgbImage) -> Matrix:
        self.runs += 1
        try:
            await self.ready.wait()
        finally:
            self.ended += 1
        if self.error is not None:
            raise self.error
        return np.full((1, 2), image.mean(), np.float32)


def picture(level: int) -> RgbImage:
    return np.full((4, 4, 3), level, np.uint8)


async def test_one_run_for_one_picture_and_another_for_the_next() -> None:
    encoder, same, other = Encoder(), picture(3), picture(5)
    looks = SharedLooks(encoder.encode)
    encoder.ready.set()
    first, second, third = await asyncio.gather(looks.of(same), looks.of(same), looks.of(other))
    assert encoder.runs == 2
    assert (first[0, 0], second[0, 0], third[0, 0]) == (3, 3, 5)
    await looks.of(same)
    assert encoder.runs == 3, "nothing is kept once nobody waits"


async def test_a_run_ends_with_the_last_who_waits_and_not_before() -> None:
    encoder, image = Encoder(), picture(3)
    looks = SharedLooks(encoder.encode)
    waits = [asyncio.create_task(looks.of(image)) for _ in range(2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waits[0].cancel()
    await asyncio.wait(waits[:1])
    assert encoder.ended == 0
    waits[1].cancel()
    await asyncio.wait(waits)
    again = asyncio.create_task(looks.of(image))
    await asyncio.sleep(0)
    encoder.ready.set()
    assert (await again)[0, 0] == 3
    assert (encoder.runs, encoder.ended) == (2, 2)


async def test_a_failure_is_told_to_all() -> None:
    encoder, image = Encoder(), picture(3)
    encoder.error = ModelsUnavailable("gone")
    encoder.ready.set()
    looks = SharedLooks(encoder.encode)
    found = await asyncio.gather(looks.of(image), looks.of(image), return_exceptions=True)
    assert [type(each) for each in found] == [ModelsUnavailable, ModelsUnavailable]
    with pytest.raises(ModelsUnavailable):
        await looks.of(image)
