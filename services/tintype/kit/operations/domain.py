"""Operations, leases, and what a process states of itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum


class OperationKind(Enum):
    """What an operation does."""

    PURGE_TRASH = "purge_trash"
    BATCH = "batch"
    REINDEX = "reindex"
    REANALYSE = "reanalyse"
    ERASE_USER = "erase_user"
    SWEEP = "sweep"


class OperationState(Enum):
    """How far an operation is."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether it will never change again."""
        return self not in (OperationState.WAITING, OperationState.RUNNING)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is done, counted in `unit`; `total` is 0 while that is not known, `step` is what it does now."""

    done: int = 0
    total: int = 0
    failed: int = 0
    unit: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Work that takes long.

    `subject` tells apart work of one kind that different processes own, such as the name of a sweep. `arguments` say
    what to do, `checkpoint` where to go on: both are the work's own words. While it runs, `holder` is the run that
    has it and `due_time` the end of that run's lease; while it waits, `due_time` is when it may begin.
    """

    operation_id: str
    owner_id: str
    kind: OperationKind
    create_time: datetime
    update_time: datetime
    due_time: datetime
    subject: str = ""
    arguments: str = ""
    state: OperationState = OperationState.WAITING
    progress: Progress = field(default_factory=Progress)
    checkpoint: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    cancel_requested: bool = False
    end_time: datetime | None = None
    holder: str = ""
    crashes: int = 0
    revision: int = 1

    def begun(self, *, holder: str, now: datetime, lease: timedelta) -> Operation:
        """In the hands of a run; one that was running already has lost its process."""
        return dataclasses.replace(
            self,
            state=OperationState.RUNNING,
            holder=holder,
            due_time=now + lease,
            update_time=now,
            crashes=self.crashes + (self.state is OperationState.RUNNING),
        )

    def advanced(self, *, progress: Progress, checkpoint: str, now: datetime, lease: timedelta) -> Operation:
        """Still running, so much further."""
        return dataclasses.replace(
            self, progress=progress, checkpoint=checkpoint, due_time=now + lease, update_time=now
        )

    def put_back(self, *, now: datetime, due_time: datetime) -> Operation:
        """Waiting again, to go on from its checkpoint."""
        return dataclasses.replace(
            self, state=OperationState.WAITING, holder="", due_time=due_time, update_time=now, crashes=0
        )

    def told_to_stop(self, now: datetime) -> Operation:
        """Cancelled at once if nobody has begun it."""
        asked = dataclasses.replace(self, cancel_requested=True, update_time=now)
        waiting = self.state is OperationState.WAITING
        return asked.ended(OperationState.CANCELLED, now=now) if waiting else asked

    def ended(
        self, state: OperationState, *, now: datetime, error: str = "", counts: Mapping[str, int] | None = None
    ) -> Operation:
        """At its end; `counts` are what it found or did. Whom it erased, it forgets."""
        erased = self.kind is OperationKind.ERASE_USER and state is OperationState.SUCCEEDED
        return dataclasses.replace(
            self,
            state=state,
            arguments="" if erased else self.arguments,
            error=error,
            counts=self.counts if counts is None else dict(counts),
            end_time=now,
            update_time=now,
            holder="",
        )


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do something alone until `expire_time`; `revision` grows with every change of it."""

    name: str
    holder: str
    expire_time: datetime
    revision: int


class Severity(Enum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `advice` says what to do, empty where nothing is to be done."""

    service: str
    check: str
    severity: Severity
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class ModelPackStatus:
    """A model pack of a process; `state` is wanted, downloading, serving or failed."""

    pack: str
    version: str
    state: str
    message: str = ""
    done_bytes: int = 0
    total_bytes: int = 0
    capabilities: tuple[str, ...] = ()
    licence: str = ""


@dataclass(frozen=True, slots=True)
class ConsumerStatus:
    """A consumer of a process; `blocked_by` names the dependency whose absence makes it wait, empty if it runs."""

    consumer: str
    blocked_by: str = ""


@dataclass(frozen=True, slots=True)
class SweepDefinition:
    """A sweep that a process has."""

    sweep: str
    title: str
    period: timedelta


@dataclass(frozen=True, slots=True)
class SweepRun:
    """The last run of a sweep, by whichever process; `error` is empty if it did not fail."""

    sweep: str
    start_time: datetime
    end_time: datetime
    found: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEntry:
    """What a process has, as it stated it at `heartbeat_time`."""

    process_id: str
    services: tuple[str, ...]
    start_time: datetime
    heartbeat_time: datetime
    sweeps: tuple[SweepDefinition, ...] = ()
    models: tuple[ModelPackStatus, ...] = ()
    findings: tuple[Finding, ...] = ()
    consumers: tuple[ConsumerStatus, ...] = ()
    statistics: Mapping[str, int] = field(default_factory=dict)
