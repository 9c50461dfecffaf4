"""One database and its operations, with as many runners as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from tests.clocks import FixedClock

from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.stored import StoredOperationRepository
from tintype.kit.operations.domain import Operation, OperationKind, Progress
from tintype.kit.operations.runner import OperationRunner, Run
from tintype.kit.operations.service import Operations

TICK = timedelta(milliseconds=5)
REINDEX = OperationKind.REINDEX


class Bench:
    """One database, its operations, and as many runners as a test wants."""

    def __init__(self, repository: StoredOperationRepository) -> None:
        self.repository = repository
        self.clock = FixedClock()
        self.operations = Operations(repository, self.clock, RandomIds(), watch_period=TICK)

    def runner(self) -> OperationRunner:
        return OperationRunner(self.repository, self.clock, RandomIds(), heartbeat=TICK, poll=TICK)

    async def start(self, **overrides: str) -> Operation:
        return await self.operations.start(owner_id="ann", kind=REINDEX, **overrides)

    async def get(self, operation: Operation) -> Operation:
        return await self.operations.get(owner_id="ann", operation_id=operation.operation_id)

    async def half_done(self, operation: Operation) -> None:
        async for seen in self.operations.watch(owner_id="ann", operation_id=operation.operation_id):
            if seen.progress.done:
                return

    async def cancel(self, operation: Operation) -> Operation:
        return await self.operations.cancel(owner_id="ann", operation_id=operation.operation_id)


@asynccontextmanager
async def running(runner: OperationRunner) -> AsyncIterator[None]:
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def forever(run: Run) -> Mapping[str, int]:
    run.report(Progress(done=1, total=2), checkpoint="half")
    await asyncio.Event().wait()
    return {}
