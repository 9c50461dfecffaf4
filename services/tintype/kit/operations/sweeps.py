"""Repairs that run now and then, one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.errors import DomainError, NotFound
from tintype.kit.log import log_of
from tintype.kit.operations.domain import OperationKind, Progress, SweepDefinition, SweepRun
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.ports import LeaseHeld, RegistryRepository
from tintype.kit.operations.runner import OperationRunner, Run

LONGEST_PAUSE: Final = timedelta(seconds=5)  # between two looks at what is due

_log: Final = log_of(__name__)


class SweepNotFound(NotFound):
    """No process has a sweep of this name."""

    reason = "SWEEP_NOT_FOUND"

    def __init__(self, sweep: str) -> None:
        super().__init__(f"there is no sweep {sweep}", sweep=sweep)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep is called, how often it runs, and how: `run` returns how much it repaired."""

    definition: SweepDefinition
    run: Callable[[], Awaitable[int]]


class Sweeper:
    """The sweeps of this process. Each runs under a lease, so that of all processes one runs it at a time."""

    def __init__(self, leases: Leases, registry: RegistryRepository, clock: Clock) -> None:
        self._leases = leases
        self._registry = registry
        self._clock = clock
        self._sweeps: dict[str, Sweep] = {}

    def register(self, sweep: str, *, title: str, period: timedelta, run: Callable[[], Awaitable[int]]) -> None:
        """Run this every `period`."""
        self._sweeps[sweep] = Sweep(SweepDefinition(sweep, title, period), run)

    @property
    def definitions(self) -> tuple[SweepDefinition, ...]:
        """What this process has, for the registry."""
        return tuple(sweep.definition for sweep in self._sweeps.values())

    def serve(self, runner: OperationRunner) -> None:
        """Let operations of kind SWEEP run those registered so far, by name: a person may ask any process for them."""
        for name in self._sweeps:
            runner.register(OperationKind.SWEEP, self._as_operation, subject=name)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.run_due()
            except DomainError as error:
                _log.warning("sweeps_not_looked_at", reason=error.reason, error=type(error).__name__)
            await asyncio.sleep(self._pause().total_seconds())

    async def run_due(self) -> int:
        """Run what is due now, side by side; returns how many ran here."""
        last = {run.sweep: run for run in await self._registry.sweep_runs()}
        now = self._clock.now()
        due = [
            name
            for name, sweep in self._sweeps.items()
            if name not in last or last[name].end_time + sweep.definition.period <= now
        ]
        ran = await asyncio.gather(*(self._run_alone(name, last.get(name)) for name in due))
        return sum(ran)

    async def run_now(self, sweep: str) -> SweepRun:
        """Run it by hand. Raises SweepNotFound; LeaseHeld if it is running."""
        if sweep not in self._sweeps:
            raise SweepNotFound(sweep)
        async with self._leases.held(f"sweep/{sweep}"):
            return await self._run(self._sweeps[sweep])

    async def _run_alone(self, name: str, seen: SweepRun | None) -> bool:
        """Whether it ran here. One that cannot, or loses its lease, is tried again and keeps no other from running."""
        try:
            async with self._leases.held(f"sweep/{name}"):
                last = {run.sweep: run for run in await self._registry.sweep_runs()}
                if last.get(name) == seen:  # or else another process ran it just now
                    await self._run(self._sweeps[name])
                    return True
        except LeaseHeld:
            return False
        except DomainError as error:
            _log.warning("sweep_broken_off", sweep=name, reason=error.reason, error=type(error).__name__)
        return False

    async def _run(self, sweep: Sweep) -> SweepRun:
        name, begin, found, error = sweep.definition.sweep, self._clock.now(), 0, ""
        try:
            found = await sweep.run()
        except DomainError as failure:
            error = str(failure)
            _log.warning("sweep_failed", sweep=name, reason=failure.reason, error=type(failure).__name__)
        except Exception as failure:
            error = "internal error"
            _log.error("sweep_failed", sweep=name, exc_info=failure)
        run = SweepRun(name, begin, self._clock.now(), found, error)
        await self._registry.record_sweep(run)
        return run

    async def _as_operation(self, run: Run) -> Mapping[str, int]:
        run.report(Progress(step="sweeping"))
        outcome = await self.run_now(run.operation.subject)
        if outcome.error:
            raise DomainError(outcome.error)
        return {"found": outcome.found}

    def _pause(self) -> timedelta:
        shortest = min((sweep.definition.period for sweep in self._sweeps.values()), default=LONGEST_PAUSE)
        return min(LONGEST_PAUSE, shortest / 2)
