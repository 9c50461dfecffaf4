"""Holding a lease for as long as a block runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.errors import Unavailable
from tintype.kit.ids import IdSource
from tintype.kit.operations.domain import Lease
from tintype.kit.operations.ports import LeaseLost, LeaseRepository

TTL: Final = timedelta(seconds=60)  # how long others wait after a crash
RENEWALS: Final = 3  # in each TTL, so that two may fail


class Held:
    """A lease in hand."""

    def __init__(self, lease: Lease, repository: LeaseRepository, clock: Clock, ttl: timedelta) -> None:
        self._lease = lease
        self._repository = repository
        self._clock = clock
        self._ttl = ttl
        self._released = True

    @property
    def released(self) -> bool:
        """Whether others may have it as soon as the block ends."""
        return self._released

    def let_expire(self) -> None:
        """What was begun under it may still be going on elsewhere: nobody gets it before its time is over."""
        self._released = False

    @property
    def lease(self) -> Lease:
        """As it was last renewed."""
        return self._lease

    async def confirm(self) -> None:
        """Make sure that it is still held, right before something that must not be done twice. Raises LeaseLost."""
        self._lease = await self._repository.renew(self._lease, now=self._clock.now(), ttl=self._ttl)

    async def keep(self) -> None:
        """Renew until the lease is lost, then return."""
        while True:
            await asyncio.sleep(self._ttl.total_seconds() / RENEWALS)
            try:
                await self.confirm()
            except LeaseLost:
                return
            except Unavailable:
                if self._clock.now() >= self._lease.expire_time:
                    return


class Leases:
    """Leases by name, over all processes."""

    def __init__(self, repository: LeaseRepository, clock: Clock, ids: IdSource, *, ttl: timedelta = TTL) -> None:
        self._repository = repository
        self._clock = clock
        self._ids = ids
        self._ttl = ttl

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[Held]:
        """Hold `name`, renewing it; if it is lost, the block is cancelled and LeaseLost comes out of it.

        Raises: LeaseHeld at once, if somebody else has it.
        """
        lease = await self._repository.acquire(name, holder=self._ids.new(), now=self._clock.now(), ttl=self._ttl)
        held = Held(lease, self._repository, self._clock, self._ttl)
        block = asyncio.current_task()
        assert block is not None
        keeper = asyncio.create_task(held.keep())
        inside = True

        def lost(ended: asyncio.Task[None]) -> None:
            if inside and not ended.cancelled():
                block.cancel()

        keeper.add_done_callback(lost)
        try:
            yield held
        except asyncio.CancelledError:
            if keeper.done() and not keeper.cancelled() and block.uncancel() == 0:
                raise LeaseLost(name) from keeper.exception()
            raise
        finally:
            inside = False
            keeper.cancel()
            if held.released:
                await self._repository.release(held.lease)
