"""Engine on Triton: what it says of its health is not believed, only what its models answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

import numpy as np

from tintype.kit.log import log_of
from tintype.kit.urls import Url
from tintype.vision.background import beside
from tintype.vision.engines.triton_client import Cause, Refused, TritonClient
from tintype.vision.engines.triton_models import TritonModel
from tintype.vision.manifest import ONLY
from tintype.vision.ports import LoadedModel, ModelsUnavailable, Tensor
from tintype.vision.tensors import canary_of, rows_of

Tensors = dict[str, Tensor]

DEPENDENCY: Final = "triton"
# A dead model answers after 1 s and is loaded again in 1.5 s: so it is well again within 5 s, asked or not; within 7 s
# where only one of its two instances is dead.
CANARY_EVERY_S: Final = 2.0
_WATCHED_S: Final = 600.0  # one that nobody asked for so long is repaired at its next request
_ATTEMPTS: Final = 3  # a server that began anew has forgotten the region, and may not run the model either
_JITTER_S: Final = 0.2  # several processes see the same model die; the first mends it, the others wait for it
_MENDABLE: Final = (Cause.MISSING, Cause.FORGOTTEN, Cause.BROKEN)

_log: Final = log_of(__name__)


class _Slot:
    """A model that is known, and what this process knows of it."""

    def __init__(self, name: str, model: TritonModel) -> None:
        self.name = name
        self.model = model
        self.mending = asyncio.Lock()
        self.mended = 0  # how often
        self.asking: set[asyncio.Task[Tensors]] = set()
        self.in_use = False
        self.under_way = 0
        self.last_used = 0.0
        self.last_well = 0.0
        self.complaint = ""


class TritonEngine:
    """Engine: models in a Triton that other processes use too. They are loaded, and repaired, from here.

    Args:
        client: the connection of this loop.
        monotonic: seconds that only rise.
    """

    def __init__(self, client: TritonClient, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._slots: dict[str, _Slot] = {}

    @classmethod
    @asynccontextmanager
    async def open(cls, url: Url, *, deadline: timedelta) -> AsyncIterator[TritonEngine]:
        """An engine that watches the models it uses. Raises: InvalidUrl, TlsFilesUnusable; not if Triton is away."""
        async with TritonClient.open(url, deadline_s=deadline.total_seconds()) as client:
            engine = cls(client)
            async with beside(engine._watch_for_ever()):
                yield engine

    def serve(self, models: Mapping[str, TritonModel]) -> None:
        """Make models known, without asking for them."""
        for name, model in models.items():
            self._slots[name] = _Slot(name, model)

    async def infer(self, model: str, inputs: Mapping[str, Tensor]) -> Tensors:
        slot = self._slot(model)
        rows, most = rows_of(model, slot.model.spec, inputs), slot.model.rows
        slot.in_use = True
        slot.under_way += 1
        try:
            if rows <= most:
                return await self._answer(slot, inputs)
            starts = range(0, rows, most)
            shares = [{name: tensor[start : start + most] for name, tensor in inputs.items()} for start in starts]
            parts = await _all(self._answer(slot, share) for share in shares)
            return {name: np.concatenate([part[name] for part in parts]) for name in slot.model.spec.outputs}
        finally:
            slot.under_way -= 1
            slot.last_used = self._monotonic()

    async def check(self, model: str) -> None:
        slot = self._slot(model)
        outputs = await self._answer(slot, canary_of(slot.model.spec), mendable=(Cause.MISSING, Cause.FORGOTTEN))
        for name, tensor in outputs.items():
            if not np.isfinite(np.asarray(tensor, np.float64)).all():
                raise ModelsUnavailable(f"the model {model} answers its canary with numbers that are none", output=name)

    async def reload(self, model: str) -> None:
        slot = self._slot(model)
        async with slot.mending:
            await self._load(slot, afresh=True)

    async def unload(self, model: str) -> None:
        slot = self._slot(model)
        slot.in_use = False
        try:
            await self._client.unload(slot.model.name)
        except Refused as refused:
            raise _unavailable(slot, refused) from refused

    def loaded(self) -> tuple[LoadedModel, ...]:
        now = self._monotonic()
        return tuple(
            LoadedModel(name, slot.model.size_bytes, 0.0 if slot.under_way else now - slot.last_used)
            for name, slot in sorted(self._slots.items())
            if slot.in_use
        )

    def complaint(self) -> str:
        """What only a person can mend, in a sentence; empty if there is nothing."""
        return " ".join(slot.complaint for slot in self._slots.values() if slot.complaint)

    async def watch(self) -> None:
        """Ask those models that are in use and have not answered lately, and mend what is dead."""
        now = self._monotonic()
        quiet = [
            slot
            for slot in self._slots.values()
            if slot.in_use and now - slot.last_used < _WATCHED_S and now - slot.last_well >= CANARY_EVERY_S
        ]
        await asyncio.gather(*(self._watch(slot) for slot in quiet))

    async def _watch(self, slot: _Slot) -> None:
        with suppress(ModelsUnavailable):  # whoever asks for it is told
            await self._answer(slot, canary_of(slot.model.spec))

    async def _watch_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CANARY_EVERY_S)
            await self.watch()

    def _slot(self, model: str) -> _Slot:
        if slot := self._slots.get(model):
            return slot
        raise ModelsUnavailable(f"the model {model} is not known", model=model)

    async def _answer(
        self, slot: _Slot, inputs: Mapping[str, Tensor], *, mendable: tuple[Cause, ...] = _MENDABLE
    ) -> Tensors:
        """Ask once, and again after each repair. Raises: ModelsUnavailable."""
        for last in [False] * (_ATTEMPTS - 1) + [True]:
            mended = slot.mended
            try:
                outputs = await self._ask_or_hear(slot, inputs)
            except Refused as refused:
                if refused.cause is Cause.BROKEN and last:
                    _complain(slot)
                if last or refused.cause not in mendable:
                    raise _unavailable(slot, refused) from refused
                await self._mend(slot, refused.cause, mended)
            else:
                slot.last_well = self._monotonic()
                slot.complaint = ""
                return outputs
        raise AssertionError("the last attempt returns or raises")

    async def _ask_or_hear(self, slot: _Slot, inputs: Mapping[str, Tensor]) -> Tensors:
        """Ask; the first to hear that the model is dead ends the requests of all, for in the queue of a dead model each
        batch takes a second to fail. Raises: Refused."""
        task = asyncio.create_task(self._ask(slot, inputs))
        slot.asking.add(task)
        try:
            await asyncio.wait([task])
        finally:
            slot.asking.discard(task)
            task.cancel()
        if task.cancelled():
            raise Refused(Cause.BROKEN, "another request heard it")
        error = task.exception()
        if isinstance(error, Refused) and error.cause is Cause.BROKEN:
            for other in slot.asking:
                other.cancel()
        return task.result()

    async def _ask(self, slot: _Slot, inputs: Mapping[str, Tensor]) -> Tensors:
        names = list(slot.model.spec.outputs)
        if names != [ONLY]:
            return await self._client.infer(slot.model.name, inputs, names)
        outputs = await self._client.infer(slot.model.name, inputs, ())
        return {ONLY: next(iter(outputs.values()))}

    async def _mend(self, slot: _Slot, cause: Cause, mended: int) -> None:
        """Do what lets the model answer again, unless somebody did while we waited. Raises: ModelsUnavailable."""
        if cause is Cause.FORGOTTEN:
            return  # the region is made known again with the next request
        async with slot.mending:
            if slot.mended != mended:
                return
            if cause is Cause.BROKEN:
                await asyncio.sleep(random.uniform(0, _JITTER_S))
            await self._load(slot, afresh=cause is Cause.BROKEN)

    async def _load(self, slot: _Slot, *, afresh: bool) -> None:
        try:
            if afresh and await self._client.ready(slot.model.name):  # else somebody else loads it just now
                _log.warning("triton_repair", model=slot.model.name)
                await self._client.unload(slot.model.name)
            await self._client.load(slot.model.name)
        except Refused as refused:
            if refused.cause in (Cause.FAILED, Cause.SLOW):  # a model killed while it loads is loaded for ever
                _complain(slot)
            raise _unavailable(slot, refused) from refused
        slot.mended += 1


async def _all(calls: Iterable[Coroutine[None, None, Tensors]]) -> list[Tensors]:
    """All results in order; the first error is raised itself, not as a group, and ends the others."""
    tasks = [asyncio.create_task(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _complain(slot: _Slot) -> None:
    if not slot.complaint:
        _log.error("triton_restart_needed", model=slot.model.name)
    slot.complaint = (
        f"Triton does not run the model {slot.model.name}, and loading it again did not help: see its log, restart it, "
        "or install the pack again with 'tintype models install-triton'."
    )


def _unavailable(slot: _Slot, refused: Refused) -> ModelsUnavailable:
    return ModelsUnavailable(
        f"Triton does not answer for the model {slot.name}: it is {refused.cause.value}",
        model=slot.name,
        dependency=DEPENDENCY,
    )
