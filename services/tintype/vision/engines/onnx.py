"""Engine on ONNX Runtime in this process, on the CPU."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import numpy as np

from tintype.kit.threads import thread_pool
from tintype.vision.background import beside
from tintype.vision.engines.batching import Batcher
from tintype.vision.engines.session import Session
from tintype.vision.ports import LoadedModel, ModelsUnavailable, Tensor
from tintype.vision.tensors import HostedModel, canary_of, rows_of

WORD_LANES: Final = 2  # of their own, so that a query never waits behind the pictures of an import


class _Slot:
    """A model that is known, and its session while that is loaded."""

    def __init__(self, model: HostedModel) -> None:
        self.model = model
        self.lock = asyncio.Lock()
        self.session: Session | None = None
        self.batcher: Batcher | None = None
        self.under_way = 0
        self.last_used = 0.0


class OnnxEngine:
    """Engine: a session per model, loaded at its first request and unloaded after `idle`; work runs in threads.

    Args:
        threads: threads of one inference. On two cores, two runs of one thread each do 10 to 15 % more than one run of
            two threads (22.4 against 25.8 ms for five models), so 1 is best wherever work is plenty.
        idle: after how long without a request a model leaves memory.
        batch_delay: how long a batch waits for company after a busy moment.
        monotonic: seconds that only rise.
    """

    def __init__(
        self,
        *,
        threads: int,
        idle: timedelta,
        batch_delay: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threads = threads
        self._lanes = max(1, (os.cpu_count() or 1) // threads)
        self._pictures = thread_pool(self._lanes, "vision-pictures")
        self._words = thread_pool(WORD_LANES, "vision-words")
        self._idle_s = idle.total_seconds()
        self._delay_s = batch_delay.total_seconds()
        self._monotonic = monotonic
        self._slots: dict[str, _Slot] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, *, threads: int, idle: timedelta, batch_delay: timedelta) -> AsyncIterator[OnnxEngine]:
        """An engine that unloads by itself, and waits for what runs when it is left."""
        engine = cls(threads=threads, idle=idle, batch_delay=batch_delay)
        try:
            async with beside(engine._unload_idle_for_ever()):
                yield engine
        finally:
            await engine.close()

    def serve(self, models: Mapping[str, HostedModel]) -> None:
        """Make models known, without loading them; a name that is known already gets the new file at its next load."""
        for name, model in models.items():
            self._slots[name] = _Slot(model)

    async def infer(self, model: str, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        slot = self._slot(model)
        spec = slot.model.spec
        rows = rows_of(model, spec, inputs)
        slot.under_way += 1
        try:
            batcher = await self._batcher(model, slot)
            if rows <= spec.max_batch:
                return await batcher.submit(inputs, rows)
            parts = [
                await batcher.submit(
                    {name: tensor[start : start + spec.max_batch] for name, tensor in inputs.items()}, count
                )
                for start in range(0, rows, spec.max_batch)
                for count in [min(spec.max_batch, rows - start)]
            ]
            return {name: np.concatenate([part[name] for part in parts]) for name in spec.outputs}
        finally:
            slot.under_way -= 1
            slot.last_used = self._monotonic()

    async def check(self, model: str) -> None:
        outputs = await self.infer(model, canary_of(self._slot(model).model.spec))
        for name, tensor in outputs.items():
            if not np.isfinite(np.asarray(tensor, np.float64)).all():
                raise ModelsUnavailable(f"the model {model} answers its canary with numbers that are none", output=name)

    async def reload(self, model: str) -> None:
        slot = self._slot(model)
        async with slot.lock:
            slot.session = slot.batcher = None
        await self._batcher(model, slot)

    async def unload(self, model: str) -> None:
        slot = self._slot(model)
        async with slot.lock:
            slot.session = slot.batcher = None

    def loaded(self) -> tuple[LoadedModel, ...]:
        now = self._monotonic()
        return tuple(
            LoadedModel(name, slot.session.size_bytes, 0.0 if slot.under_way else now - slot.last_used)
            for name, slot in sorted(self._slots.items())
            if slot.session
        )

    async def unload_idle(self) -> None:
        """Unload what nobody has asked for longer than the idle time."""
        for model in self.loaded():
            if model.idle_s >= self._idle_s and not self._slots[model.name].under_way:
                await self.unload(model.name)

    async def close(self) -> None:
        """Wait for what runs, and unload everything."""
        for name, slot in self._slots.items():
            if slot.batcher:
                await slot.batcher.close()
            await self.unload(name)
        self._pictures.shutdown()
        self._words.shutdown()

    def _slot(self, model: str) -> _Slot:
        if slot := self._slots.get(model):
            return slot
        raise ModelsUnavailable(f"the model {model} is not known", model=model)

    async def _batcher(self, name: str, slot: _Slot) -> Batcher:
        async with slot.lock:
            if slot.batcher:
                return slot.batcher
            session = await asyncio.to_thread(Session, name, slot.model, self._threads)
            slot.session = session
            slot.last_used = self._monotonic()
            spec = slot.model.spec
            pictures = any(tensor.type == "uint8" for tensor in spec.inputs.values())
            slot.batcher = Batcher(
                session.run,
                pool=self._pictures if pictures else self._words,
                max_batch=spec.max_batch,
                delay_s=self._delay_s,
                lanes=self._lanes if pictures else WORD_LANES,
            )
            return slot.batcher

    async def _unload_idle_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._idle_s / 10)
            await self.unload_idle()
