"""What this process states of itself, again and again while it lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.errors import DomainError
from tintype.kit.log import log_of
from tintype.kit.operations.domain import (
    ConsumerStatus,
    Finding,
    ModelPackStatus,
    ProcessEntry,
    Severity,
    SweepDefinition,
)
from tintype.kit.operations.ports import RegistryRepository

HEARTBEAT: Final = timedelta(seconds=10)
SILENCE: Final = timedelta(seconds=60)  # after that a process counts as gone
FORGOTTEN: Final = timedelta(days=1)
COUNTED: Final = timedelta(minutes=1)  # statistics of other processes may be so old: they count whole collections

_log: Final = log_of(__name__)

Check = Callable[[], Awaitable[Sequence[Finding]]]
Statistics = Callable[[], Awaitable[Mapping[str, int]]]


class Registry:
    """States what this process has, and knows what all processes have."""

    def __init__(
        self, repository: RegistryRepository, clock: Clock, *, process_id: str, services: Sequence[str]
    ) -> None:
        self._repository = repository
        self._clock = clock
        self._process_id = process_id
        self._services = tuple(services)
        self._start_time = clock.now()
        self._checks: dict[tuple[str, str], Check] = {}
        self._models: list[Callable[[], Sequence[ModelPackStatus]]] = []
        self._consumers: list[Callable[[], Sequence[ConsumerStatus]]] = []
        self._sweeps: list[Callable[[], Sequence[SweepDefinition]]] = []
        self._statistics: list[Statistics] = []
        self._counts: Mapping[str, int] = {}
        self._counted: datetime | None = None

    def add_check(self, service: str, name: str, check: Check) -> None:
        """Run this for every statement; a check that fails by an error is a finding itself."""
        self._checks[service, name] = check

    def add_models(self, models: Callable[[], Sequence[ModelPackStatus]]) -> None:
        """State these model packs."""
        self._models.append(models)

    def add_consumers(self, consumers: Callable[[], Sequence[ConsumerStatus]]) -> None:
        """State these consumers."""
        self._consumers.append(consumers)

    def add_sweeps(self, sweeps: Callable[[], Sequence[SweepDefinition]]) -> None:
        """State these sweeps."""
        self._sweeps.append(sweeps)

    def add_statistics(self, statistics: Statistics) -> None:
        """Count these for the administrators of other processes."""
        self._statistics.append(statistics)

    async def run(self) -> None:
        """Until cancelled; then take the statement back. One that cannot be made is made the next time."""
        try:
            while True:
                try:
                    await self.state()
                    await self._repository.remove_silent(before=self._clock.now() - FORGOTTEN)
                except (DomainError, OSError) as error:
                    _log.warning("process_not_stated", error=type(error).__name__)
                await asyncio.sleep(HEARTBEAT.total_seconds())
        finally:
            with suppress(DomainError):
                await self._repository.remove(self._process_id)

    async def state(self) -> ProcessEntry:
        """State once, and return it."""
        entry = ProcessEntry(
            process_id=self._process_id,
            services=self._services,
            start_time=self._start_time,
            heartbeat_time=self._clock.now(),
            sweeps=tuple(sweep for sweeps in self._sweeps for sweep in sweeps()),
            models=tuple(model for models in self._models for model in models()),
            consumers=tuple(consumer for consumers in self._consumers for consumer in consumers()),
            findings=await self._findings(),
            statistics=await self._counts_of_late(),
        )
        await self._repository.put(entry)
        return entry

    async def entries(self) -> list[ProcessEntry]:
        """What the living processes have; this one's is made anew."""
        await self.state()
        return await self._repository.entries(alive_since=self._clock.now() - SILENCE)

    async def _counts_of_late(self) -> Mapping[str, int]:
        now = self._clock.now()
        if self._counted is None or now - self._counted >= COUNTED:
            counts = dict(self._counts)
            for count in self._statistics:
                try:
                    counts |= await count()
                except DomainError as error:  # the statement is more: without it the process counts as gone
                    _log.warning("statistics_not_counted", error=type(error).__name__)
            self._counts, self._counted = counts, now
        return self._counts

    async def _findings(self) -> tuple[Finding, ...]:
        findings: list[Finding] = []
        for service, name in sorted(self._checks):
            try:
                findings += await self._checks[service, name]()
            except DomainError as error:
                findings.append(Finding(service, name, Severity.ERROR, str(error)))
            except Exception as error:
                _log.error("check_failed", service=service, check=name, exc_info=error)
                findings.append(Finding(service, name, Severity.ERROR, "the check itself failed, see the log"))
        return tuple(findings)
