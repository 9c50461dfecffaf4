"""Leases that are kept, lost, and not renewed in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from tests.clocks import FixedClock
from tests.timers import Timers

from tintype.kit.errors import Unavailable
from tintype.kit.ids import RandomIds
from tintype.kit.operations.adapters.sqlite import (
    SqliteLeaseRepository,
)
from tintype.kit.operations.domain import Lease
from tintype.kit.operations.leases import Held, Leases
from tintype.kit.operations.ports import LeaseHeld, LeaseLost, LeaseRepository
from tintype.kit.store.sqlite import Database

MINUTE = timedelta(minutes=1)


async def test_a_lease_is_held_for_the_block_only(leases: Leases) -> None:
    async with leases.held("x"):
        with pytest.raises(LeaseHeld):
            async with leases.held("x"):
                pass
        async with leases.held("y"):
            pass
    async with leases.held("x"):
        pass


class Unsteady:
    """LeaseRepository over another; `renewing` is done before each renewal."""

    def __init__(self, kept: SqliteLeaseRepository, renewing: Callable[[], Awaitable[object]]) -> None:
        self._kept = kept
        self.renewing = renewing
        self.acquire = kept.acquire
        self.release = kept.release
        self.load = kept.load
        self.expired = kept.expired

    async def renew(self, lease: Lease, *, now: datetime, ttl: timedelta) -> Lease:
        await self.renewing()
        return await self._kept.renew(lease, now=now, ttl=ttl)


def timed(repository: LeaseRepository, clock: FixedClock, timers: Timers) -> Leases:
    return Leases(repository, clock, RandomIds(), ttl=MINUTE, sleep=timers.sleep, monotonic=timers.monotonic)


@asynccontextmanager
async def holding(leases: Leases, name: str) -> AsyncIterator[tuple[Held, asyncio.Task[None]]]:
    """A task that holds a lease until it is told that it has lost it."""
    begun: asyncio.Future[Held] = asyncio.get_running_loop().create_future()

    async def hold() -> None:
        async with leases.held(name) as held:
            begun.set_result(held)
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    try:
        yield await begun, holder
    finally:
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)


async def test_a_lease_is_renewed_while_the_block_runs(database: Database, clock: FixedClock) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    async with timed(repository, clock, timers).held("x") as held:
        first = held.lease
        clock.pass_(MINUTE / 3)
        await timers.advance(20)
        async with asyncio.timeout(5):
            while (renewed := await repository.load("x")) == first:
                pass
        assert renewed is not None
        assert (renewed.holder, renewed.expire_time) == (first.holder, clock.now() + MINUTE)


async def test_a_lost_lease_ends_the_block(database: Database, clock: FixedClock) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    async with holding(timed(repository, clock, timers), "x") as (held, holder):
        await repository.release(held.lease)
        await repository.acquire("x", holder="thief", now=clock.now(), ttl=MINUTE)
        await timers.advance(20)
        with pytest.raises(LeaseLost):
            await asyncio.wait_for(holder, 5)
    left = await repository.load("x")
    assert left is not None
    assert left.holder == "thief"


async def away() -> None:
    raise Unavailable("the database is away")


async def at_once() -> None:
    return


async def without_end() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("renewing", [away, without_end])
async def test_a_lease_that_cannot_be_renewed_ends_the_block_while_nobody_else_can_have_it(
    database: Database, clock: FixedClock, renewing: Callable[[], Awaitable[object]]
) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    async with holding(timed(Unsteady(repository, renewing), clock, timers), "x") as (held, holder):
        while timers.now < 45:
            await timers.advance(1)
            assert not holder.done()
        held.let_expire()
        while timers.now < 55:
            await timers.advance(1)
        with pytest.raises(LeaseLost):
            await asyncio.wait_for(holder, 5)
    clock.pass_(timedelta(seconds=timers.now))
    with pytest.raises(LeaseHeld):
        await repository.acquire("x", holder="thief", now=clock.now(), ttl=MINUTE)


async def test_a_lease_is_confirmed_for_as_long_again(database: Database, clock: FixedClock) -> None:
    repository, timers = await SqliteLeaseRepository.open(database), Timers()
    unsteady = Unsteady(repository, away)
    async with holding(timed(unsteady, clock, timers), "x") as (held, holder):
        await timers.advance(40)
        unsteady.renewing = at_once  # the database is back for a moment
        await held.confirm()
        unsteady.renewing = away
        await timers.advance(45)
        assert not holder.done()
        await timers.advance(10)
        with pytest.raises(LeaseLost):
            await asyncio.wait_for(holder, 5)


async def test_work_is_done_even_if_its_lease_cannot_be_given_back(database: Database, clock: FixedClock) -> None:
    repository = await SqliteLeaseRepository.open(database)
    unsteady = Unsteady(repository, away)

    async def kept(lease: Lease) -> None:
        await away()

    unsteady.release = kept
    async with Leases(unsteady, clock, RandomIds()).held("x"):
        pass
    with pytest.raises(LeaseHeld):
        await repository.acquire("x", holder="next", now=clock.now(), ttl=MINUTE)


async def test_a_cancelled_block_is_cancelled_and_lets_go(leases: Leases) -> None:
    begun = asyncio.Event()

    async def hold() -> None:
        async with leases.held("x"):
            begun.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await begun.wait()
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    async with leases.held("x") as held:
        await held.confirm()
