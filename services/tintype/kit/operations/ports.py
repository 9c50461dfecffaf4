"""Where operations, leases and the registry are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tintype.kit.errors import AlreadyExists, Conflict, FailedPrecondition, NotFound
from tintype.kit.operations.domain import Lease, Operation, OperationKind, ProcessEntry, SweepRun

OperationCursor = tuple[int, str]  # create_time in milliseconds since 1970, operation_id


class OperationNotFound(NotFound):
    """No such operation, or somebody else's."""

    reason = "OPERATION_NOT_FOUND"

    def __init__(self, operation_id: str) -> None:
        super().__init__(f"operation {operation_id} was not found", operation_id=operation_id)


class OperationExists(AlreadyExists):
    """The id is taken."""

    def __init__(self, operation_id: str) -> None:
        super().__init__(f"operation {operation_id} exists", operation_id=operation_id)


class OperationConflict(Conflict):
    """Somebody else changed the operation."""

    def __init__(self, operation_id: str) -> None:
        super().__init__(f"operation {operation_id} was changed meanwhile", operation_id=operation_id)


class OperationEnded(FailedPrecondition):
    """The operation has ended and cannot be cancelled any more."""

    reason = "OPERATION_ENDED"

    def __init__(self, operation_id: str) -> None:
        super().__init__(f"operation {operation_id} has ended", operation_id=operation_id)


class LeaseHeld(Conflict):
    """Somebody else holds the lease, and it has not expired."""

    def __init__(self, name: str) -> None:
        super().__init__(f"somebody else holds {name}")


class LeaseLost(Conflict):
    """The lease has expired and was taken over, or was released."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is held no longer")


@dataclass(frozen=True, slots=True)
class OperationPage:
    """Operations, newest first; `after` asks for what follows, None on the last page."""

    items: Sequence[Operation]
    after: OperationCursor | None


@dataclass(frozen=True, slots=True)
class Task:
    """What a process can run: a kind of operation, and of some kinds one subject."""

    kind: OperationKind
    subject: str = ""


class OperationRepository(Protocol):
    """The operations of all owners and processes. A write happens whole or not at all."""

    async def add(self, operation: Operation) -> None:
        """Raises OperationExists if its id is taken by the same owner; of two at once, one wins."""

    async def load(self, *, owner_id: str, operation_id: str) -> Operation:
        """Raises OperationNotFound, for another owner's too."""

    async def replace(self, operation: Operation) -> Operation:
        """Returns it at its next revision. Raises OperationConflict, OperationNotFound."""

    async def page(
        self, *, owner_id: str, limit: int, after: OperationCursor | None = None, running: bool = False
    ) -> OperationPage:
        """An owner's operations, newest first, ties by operation_id from the highest; `running` keeps the open ones."""

    async def due(self, tasks: Collection[Task], *, now: datetime, limit: int) -> list[Operation]:
        """Open operations of these tasks whose `due_time` has come, longest due first."""

    async def remove_ended(self, *, before: datetime) -> int:
        """Drop those that ended before; returns how many."""

    async def remove_owner(self, owner_id: str) -> int:
        """Drop those of an owner; returns how many."""


class LeaseRepository(Protocol):
    """The right to do something alone, by name, over all processes."""

    async def acquire(self, name: str, *, holder: str, now: datetime, ttl: timedelta) -> Lease:
        """Take a free or expired lease. Raises LeaseHeld; of two at once, one wins.

        A lease that was taken over has a higher revision than the expired one.
        """

    async def renew(self, lease: Lease, *, now: datetime, ttl: timedelta) -> Lease:
        """Hold it longer, also after it has expired, if nobody took it. Raises LeaseLost."""

    async def release(self, lease: Lease) -> None:
        """Let others have it; nothing happens if it is held no longer."""

    async def load(self, name: str) -> Lease | None:
        """Who holds it or held it last; None if it was released or never taken."""

    async def expired(self, prefix: str, *, before: datetime, limit: int) -> list[Lease]:
        """Leases whose names begin so, that were never released and expired at `before` or earlier; by name."""


class RegistryRepository(Protocol):
    """What every process states of itself, and the last run of every sweep."""

    async def put(self, entry: ProcessEntry) -> None:
        """Store the newest statement of a process."""

    async def entries(self, *, alive_since: datetime) -> list[ProcessEntry]:
        """Those heard of since, by process_id."""

    async def remove(self, process_id: str) -> None:
        """A process has ended; one that is not there is no error."""

    async def remove_silent(self, *, before: datetime) -> int:
        """Drop processes not heard of since; returns how many."""

    async def record_sweep(self, run: SweepRun) -> None:
        """Store the last run of a sweep, unless a later one is known."""

    async def sweep_runs(self) -> list[SweepRun]:
        """The last run of every sweep that ever ran, by name."""
