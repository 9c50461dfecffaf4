"""What administrators see of all processes, and do to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tintype.kit.admin.ports import DeadLetter, Queues
from tintype.kit.errors import NotFound
from tintype.kit.ids import IdSource
from tintype.kit.operations.domain import (
    Finding,
    ModelPackStatus,
    Operation,
    OperationKind,
    SweepDefinition,
    SweepRun,
)
from tintype.kit.operations.ports import RegistryRepository
from tintype.kit.operations.registry import Registry, Statistics
from tintype.kit.operations.service import Operations
from tintype.kit.operations.sweeps import SweepNotFound

MOST_DEAD_LETTERS: Final = 10_000  # looked at; there should be none
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Queue:
    """A consumer and what waits for it."""

    consumer: str
    waiting: int
    in_flight: int
    oldest: datetime | None
    blocked_by: str


@dataclass(frozen=True, slots=True)
class SweepState:
    """A sweep and its last run, None if it never ran."""

    definition: SweepDefinition
    last: SweepRun | None


class Administration:
    """Speaks for all processes: what each has stands in the registry, work of another is an operation."""

    def __init__(
        self,
        *,
        registry: Registry,
        records: RegistryRepository,
        operations: Operations,
        queues: Queues | None,
        statistics: Sequence[Statistics],
        ids: IdSource,
    ) -> None:
        self._registry = registry
        self._records = records
        self._operations = operations
        self._queues = queues
        self._statistics = statistics
        self._ids = ids

    async def list_jobs(self) -> list[Queue]:
        """Every consumer that a living process has, by name."""
        blocked: dict[str, str] = {}
        for entry in await self._registry.entries():
            for status in entry.consumers:
                blocked[status.consumer] = blocked.get(status.consumer, "") or status.blocked_by
        return [queue for name in sorted(blocked) if (queue := await self._queue(name, blocked[name])) is not None]

    async def list_dead_letters(self, *, before: str, limit: int) -> tuple[Sequence[DeadLetter], str]:
        """The newest `limit` that are older than `before` ("" for the newest), and where to go on ("" at the end)."""
        letters = [letter for letter in await self._letters() if not before or letter.dead_letter_id < before]
        page = letters[::-1][:limit]
        return page, page[-1].dead_letter_id if len(letters) > len(page) else ""

    async def replay_dead_letter(self, dead_letter_id: str) -> None:
        """Hand it to its consumer again. Raises NotFound."""
        await self._streams(dead_letter_id).dead_letters.replay(dead_letter_id, event_id=self._ids.new())

    async def delete_dead_letter(self, dead_letter_id: str) -> None:
        """Raises NotFound."""
        await self._streams(dead_letter_id).dead_letters.remove(dead_letter_id)

    async def list_sweeps(self) -> list[SweepState]:
        """The sweeps of all processes, by name."""
        last = {run.sweep: run for run in await self._records.sweep_runs()}
        known = {sweep.sweep: sweep for entry in await self._registry.entries() for sweep in entry.sweeps}
        return [SweepState(known[name], last.get(name)) for name in sorted(known)]

    async def run_sweep(self, sweep: str, *, owner_id: str) -> Operation:
        """As an operation, which a process that has the sweep picks up. Raises SweepNotFound."""
        if sweep not in {state.definition.sweep for state in await self.list_sweeps()}:
            raise SweepNotFound(sweep)
        return await self._operations.start(owner_id=owner_id, kind=OperationKind.SWEEP, subject=sweep)

    async def reanalyse(
        self, *, owner_id: str, stages: Sequence[str], failed_only: bool, user_id: str, request_id: str
    ) -> Operation:
        """Start it; the arguments are JSON: {"failed_only": ..., "stages": [names, lower case], "user_id": ...}."""
        arguments = {"failed_only": failed_only, "stages": sorted(set(stages)), "user_id": user_id}
        return await self._operations.start(
            owner_id=owner_id,
            kind=OperationKind.REANALYSE,
            arguments=json.dumps(arguments, sort_keys=True),
            request_id=request_id,
        )

    async def statistics(self) -> dict[str, int]:
        """What the services of all processes count, those of this one now, and the dead letters."""
        values: dict[str, int] = {}
        for entry in await self._registry.entries():
            values.update(entry.statistics)
        for counted in await asyncio.gather(*(count() for count in self._statistics)):
            values.update(counted)
        if self._queues is not None:
            values["dead_letters"] = await self._queues.dead_letters.count()
        return values

    async def list_models(self) -> list[ModelPackStatus]:
        """The model packs of all processes; of one that several have, the first statement."""
        packs: dict[tuple[str, str, str], ModelPackStatus] = {}
        for entry in await self._registry.entries():
            for model in entry.models:
                packs.setdefault((model.pack, model.version, model.state), model)
        return list(packs.values())

    async def diagnose(self) -> list[Finding]:
        """What the checks of all processes found."""
        return [finding for entry in await self._registry.entries() for finding in entry.findings]

    async def _queue(self, name: str, blocked_by: str) -> Queue | None:
        if self._queues is None:
            return None
        try:
            in_flight, pending = await self._queues.in_flight(name), await self._queues.pending(name)
            waiting = max(0, pending - in_flight)  # counted one after the other, so they may not fit
            return Queue(name, waiting, in_flight, await self._queues.oldest_unacknowledged(name), blocked_by)
        except NotFound:  # stated by its process, not opened yet
            return None

    async def _letters(self) -> list[DeadLetter]:
        letters: list[DeadLetter] = []
        while self._queues is not None and len(letters) < MOST_DEAD_LETTERS:
            after = letters[-1].dead_letter_id if letters else ""
            page = await self._queues.dead_letters.page(after=after, limit=_BATCH)
            letters += page
            if len(page) < _BATCH:
                break
        return letters

    def _streams(self, dead_letter_id: str) -> Queues:
        if self._queues is None:
            raise DeadLetterNotFound(dead_letter_id)
        return self._queues


class DeadLetterNotFound(NotFound):
    """No such dead letter."""

    reason = "DEAD_LETTER_NOT_FOUND"

    def __init__(self, dead_letter_id: str) -> None:
        super().__init__(f"dead letter {dead_letter_id} was not found", dead_letter_id=dead_letter_id)
