"""A database that is away or full: what runs beside the calls goes on, and so does its process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Never

import pytest

from tintype.kit.clock import SystemClock
from tintype.kit.errors import Unavailable
from tintype.kit.ids import RandomIds
from tintype.kit.operations.domain import OperationKind
from tintype.kit.operations.leases import Leases
from tintype.kit.operations.registry import Registry
from tintype.kit.operations.runner import OperationRunner, Run
from tintype.kit.operations.sweeps import Sweeper
from tintype.kit.store.errors import StoreFull


class Refusing:
    """A repository whose every method fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Never]]:
        async def fail(*_: object, **__: object) -> Never:
            raise self._error

        return fail


async def nothing(_: Run) -> dict[str, int]:
    return {}


@pytest.mark.parametrize("error", [Unavailable("the database is away"), StoreFull("no room is left")])
async def test_a_database_that_is_away_or_full_ends_none_of_what_runs_beside_the_calls(error: Exception) -> None:
    refusing, clock = Refusing(error), SystemClock()
    runner = OperationRunner(refusing, clock, RandomIds(), poll=timedelta(milliseconds=1))  # type: ignore[arg-type]
    runner.register(OperationKind.REINDEX, nothing)
    works = [
        runner.run(),
        Sweeper(Leases(refusing, clock, RandomIds()), refusing, clock).run(),  # type: ignore[arg-type]
        Registry(refusing, clock, process_id="a", services=["catalog"]).run(),  # type: ignore[arg-type]
    ]
    running = [asyncio.create_task(work) for work in works]
    ended, _ = await asyncio.wait(running, timeout=0.05)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    assert not ended
