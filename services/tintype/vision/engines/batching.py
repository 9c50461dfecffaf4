"""Requests to one model, run as batches of what waits together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from tintype.vision.engines.session import Run
from tintype.vision.ports import Tensor

Tensors = dict[str, Tensor]


@dataclass(slots=True, eq=False)
class Request:
    """Rows that wait for their answer."""

    inputs: Mapping[str, Tensor]
    rows: int
    answer: asyncio.Future[Tensors]

    @property
    def form(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Requests of one form can be joined: the shapes of a row."""
        return tuple((name, tensor.shape[1:]) for name, tensor in sorted(self.inputs.items()))


class Batcher:
    """Joins requests of one form up to `max_batch` rows.

    Nothing waits while the model is idle; a batch is what has come while the one before ran, and `delay_s` more for
    company after a busy moment. `lanes` runs go at the same time.
    """

    def __init__(
        self,
        run: Callable[[Mapping[str, Tensor], Run], Tensors],
        *,
        pool: Executor,
        max_batch: int,
        delay_s: float,
        lanes: int,
    ) -> None:
        self._pool = pool
        self._run = run
        self._max_batch = max_batch
        self._delay_s = delay_s if max_batch > 1 else 0.0
        self._lanes = lanes
        self._waiting: deque[Request] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def submit(self, inputs: Mapping[str, Tensor], rows: int) -> Tensors:
        """Answer a request of at most `max_batch` rows; cancelling takes it back."""
        request = Request(inputs, rows, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        self._start_lane(after_s=0.0)
        return await request.answer

    def _start_lane(self, *, after_s: float) -> None:
        if self._waiting and len(self._running) < self._lanes:
            task = asyncio.create_task(self._lane(after_s))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _lane(self, after_s: float) -> None:
        while self._waiting:
            if after_s and sum(request.rows for request in self._waiting) < self._max_batch:
                await asyncio.sleep(after_s)
            if batch := self._take():
                await self._answer(batch)
            after_s = self._delay_s

    def _take(self) -> list[Request]:
        """The oldest request that is still wanted and those of its form which fit, in order."""
        batch: list[Request] = []
        kept: deque[Request] = deque()
        rows = 0
        for request in self._waiting:
            if request.answer.done():
                continue
            if (batch and request.form != batch[0].form) or (batch and rows + request.rows > self._max_batch):
                kept.append(request)
                continue
            batch.append(request)
            rows += request.rows
        self._waiting = kept
        return batch

    async def _answer(self, batch: Sequence[Request]) -> None:
        run = Run()
        joined = batch[0].inputs if len(batch) == 1 else _join(batch)
        for request in batch:
            request.answer.add_done_callback(lambda _: _end_if_unwanted(batch, run))
        work = asyncio.get_running_loop().run_in_executor(self._pool, self._run, joined, run)
        [result] = await asyncio.gather(work, return_exceptions=True)
        start = 0
        for request in batch:
            rows = slice(start, start + request.rows)
            start += request.rows
            if request.answer.done():
                continue
            if isinstance(result, BaseException):
                request.answer.set_exception(result)
            else:
                request.answer.set_result({name: tensor[rows] for name, tensor in result.items()})

    async def close(self) -> None:
        """Wait for what runs; what waits is cancelled."""
        for request in self._waiting:
            request.answer.cancel()
        await asyncio.gather(*self._running)


def _join(batch: Sequence[Request]) -> Tensors:
    return {name: np.concatenate([request.inputs[name] for request in batch]) for name in batch[0].inputs}


def _end_if_unwanted(batch: Sequence[Request], run: Run) -> None:
    if all(request.answer.cancelled() for request in batch):
        run.end()
