"""Running the operations whose kinds this process owns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.errors import Conflict, DomainError, NotFound, ResourceExhausted, Unavailable
from tintype.kit.ids import IdSource
from tintype.kit.log import log_of
from tintype.kit.operations.domain import Operation, OperationKind, OperationState, Progress
from tintype.kit.operations.leases import SURE
from tintype.kit.operations.ports import LeaseLost, OperationRepository, Task

LEASE: Final = timedelta(seconds=30)  # after a crash another run goes on this much later
HEARTBEAT: Final = timedelta(seconds=1)  # the longest that a cancellation from another process takes
POLL: Final = timedelta(seconds=2)  # for what other processes started; what this one started begins at once
AWAY: Final = timedelta(seconds=10)  # before an operation is tried again whose dependency is away
AT_ONCE: Final = 4
CRASHES: Final = 3  # runs that died with their process, before the operation is given up
TRIES: Final = 5

_log: Final = log_of(__name__)


class Run:
    """One run of an operation, in the hands of its work."""

    def __init__(
        self,
        operation: Operation,
        repository: OperationRepository,
        clock: Clock,
        lease: timedelta,
        *,
        sure_until: float,
    ) -> None:
        self.sure_until = sure_until  # of the time of this process: somebody else may begin the operation soon after
        self._operation = operation
        self._repository = repository
        self._clock = clock
        self._lease = lease
        self._storing = asyncio.Lock()
        self._progress = operation.progress
        self._checkpoint = operation.checkpoint

    @property
    def operation(self) -> Operation:
        """As it was last stored: `arguments` say what to do, `checkpoint` where to go on."""
        return self._operation

    def report(self, progress: Progress, *, checkpoint: str | None = None) -> None:
        """Say how far it is; stored within a second. After a crash the work begins again at a stored checkpoint."""
        self._progress = progress
        if checkpoint is not None:
            self._checkpoint = checkpoint

    async def beat(self) -> Operation:
        """Store what was reported, hold the lease longer where half of it is gone, see what others changed.

        Raises LeaseLost.
        """
        stored = self._operation
        told = (self._progress, self._checkpoint) != (stored.progress, stored.checkpoint)
        if told or stored.due_time - self._clock.now() < self._lease / 2:
            return await self.store(lambda operation: operation)
        async with self._storing:
            await self._reload()
        return self._operation

    async def store(self, change: Callable[[Operation], Operation]) -> Operation:
        """Store a change with what was reported, over what others changed meanwhile. Raises LeaseLost."""
        async with self._storing:
            for left in reversed(range(TRIES)):
                operation = self._operation
                now, sure_until = self._clock.now(), _sure_until(self._lease)
                advanced = operation.advanced(
                    progress=self._progress, checkpoint=self._checkpoint, now=now, lease=self._lease
                )
                try:
                    self._operation = await self._repository.replace(change(advanced))
                    self.sure_until = sure_until
                    return self._operation
                except Conflict:
                    if not left:
                        raise
                    await self._reload()
            raise LeaseLost(self._operation.operation_id)  # unreachable: the last try returns or raises

    async def _reload(self) -> None:
        mine = self._operation
        stored = await self._repository.load(owner_id=mine.owner_id, operation_id=mine.operation_id)
        if stored.holder != mine.holder:
            raise LeaseLost(mine.operation_id)
        self._operation = stored


Work = Callable[[Run], Coroutine[object, None, Mapping[str, int]]]


class OperationRunner:
    """Picks up operations and runs the work that is registered for them, each under a lease that a crash lets go."""

    def __init__(
        self,
        repository: OperationRepository,
        clock: Clock,
        ids: IdSource,
        *,
        lease: timedelta = LEASE,
        heartbeat: timedelta = HEARTBEAT,
        poll: timedelta = POLL,
    ) -> None:
        self._repository = repository
        self._clock = clock
        self._ids = ids
        self._lease = lease
        self._heartbeat = heartbeat
        self._poll = poll
        self._works: dict[Task, Work] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._hurry = asyncio.Event()

    def register(self, kind: OperationKind, work: Work, *, subject: str = "") -> None:
        """This process runs these operations.

        Args:
            kind: what they do.
            work: returns the counts; may be run again from any stored checkpoint. A DomainError fails the operation,
                Unavailable makes it wait and go on. To stop it, it is cancelled.
            subject: of some kinds a process owns one subject only.
        """
        self._works[Task(kind, subject)] = work

    def wake(self) -> None:
        """Look at once for something to do, or to stop."""
        self._woken.set()
        self._hurry.set()

    async def run(self) -> None:
        """Until cancelled; then what runs is put back, for whoever comes next."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self.pick_up()
                except DomainError as error:
                    _log.warning("operations_not_looked_at", reason=error.reason, error=type(error).__name__)
                with suppress(TimeoutError):  # wait_for would take a wake for an answer to being cancelled
                    async with asyncio.timeout(self._poll.total_seconds()):
                        await self._woken.wait()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def pick_up(self) -> int:
        """Begin what is due, as far as there is room; returns how many."""
        room = AT_ONCE - len(self._running)
        if room <= 0 or not self._works:
            return 0
        due = await self._repository.due(self._works.keys(), now=self._clock.now(), limit=room)
        begun = 0
        for operation in due[:room]:
            now, sure_until = self._clock.now(), _sure_until(self._lease)
            claimed = operation.begun(holder=self._ids.new(), now=now, lease=self._lease)
            if claimed.crashes >= CRASHES:
                claimed = claimed.ended(OperationState.FAILED, now=now, error="the process that ran it died each time")
            with suppress(Conflict, NotFound):  # somebody else was first
                claimed = await self._repository.replace(claimed)
                begun += self._begin(claimed, sure_until)
        return begun

    async def finished(self) -> None:
        """Wait until nothing runs that was picked up so far."""
        await asyncio.gather(*self._running)

    def _begin(self, operation: Operation, sure_until: float) -> bool:
        if operation.state.ended:
            return False
        run = Run(operation, self._repository, self._clock, self._lease, sure_until=sure_until)
        task = asyncio.create_task(self._run_one(run))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()

    async def _run_one(self, run: Run) -> None:
        operation = run.operation
        work = asyncio.create_task(self._works[Task(operation.kind, operation.subject)](run))
        try:
            if await self._accompany(run, work):
                await self._end(run, work)
        except asyncio.CancelledError:
            await _stop(work)
            now = self._clock.now()
            await run.store(lambda current: current.put_back(now=now, due_time=now))
            raise
        except DomainError as error:  # whoever holds it next goes on from the checkpoint
            _log.warning(
                "operation_left", operation_id=operation.operation_id, reason=error.reason, error=type(error).__name__
            )
            await _stop(work)

    async def _accompany(self, run: Run, work: asyncio.Task[Mapping[str, int]]) -> bool:
        """Hold the lease until the work has ended or is to be stopped; False if its dependency is away for now.

        Raises LeaseLost before others may have it, if it could not be renewed.
        """
        while not work.done():
            self._hurry.clear()
            hurry = asyncio.create_task(self._hurry.wait())
            await asyncio.wait(
                {work, hurry}, timeout=self._heartbeat.total_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
            hurry.cancel()
            if not work.done() and (await self._beaten(run)).cancel_requested:
                await _stop(work)
        if not work.cancelled() and isinstance(work.exception(), Unavailable):
            now = self._clock.now()
            await run.store(lambda current: current.put_back(now=now, due_time=now + AWAY))
            return False
        return True

    async def _beaten(self, run: Run) -> Operation:
        """The lease outlives a short absence of the database, or one that does not answer."""
        left = run.sure_until - time.monotonic()
        if left > 0:
            with suppress(Unavailable, ResourceExhausted, TimeoutError):
                async with asyncio.timeout(left):
                    return await run.beat()
        if time.monotonic() >= run.sure_until:
            raise LeaseLost(run.operation.operation_id)
        return run.operation

    async def _end(self, run: Run, work: asyncio.Task[Mapping[str, int]]) -> None:
        now = self._clock.now()
        if work.cancelled() and run.operation.cancel_requested:
            await run.store(lambda current: current.ended(OperationState.CANCELLED, now=now))
        elif (error := asyncio.CancelledError() if work.cancelled() else work.exception()) is not None:
            expected = isinstance(error, DomainError)
            if not expected:
                _log.error("operation_failed", operation_id=run.operation.operation_id, exc_info=error)
            said = str(error) if expected else "internal error"
            await run.store(lambda current: current.ended(OperationState.FAILED, now=now, error=said))
        else:
            counts = work.result()
            await run.store(lambda current: current.ended(OperationState.SUCCEEDED, now=now, counts=counts))


def _sure_until(lease: timedelta) -> float:
    return time.monotonic() + SURE * lease.total_seconds()


async def _stop(work: asyncio.Task[Mapping[str, int]]) -> None:
    work.cancel()
    await asyncio.wait([work])
