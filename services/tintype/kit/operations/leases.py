"""Holding a lease for as long as a block runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tintype.kit.clock import Clock
from tintype.kit.errors import DomainError
from tintype.kit.ids import IdSource
from tintype.kit.log import log_of
from tintype.kit.operations.domain import Lease
from tintype.kit.operations.ports import LeaseLost, LeaseRepository

TTL: Final = timedelta(seconds=60)  # how long others wait after a crash
RENEWALS: Final = 4  # in each TTL, so that two may fail
SURE: Final = 5 / 6  # of the TTL: then the work is stopped, so that it has ended before somebody else may begin

_log: Final = log_of(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a lease is taken for, and the time of this process: its clock may be set, the other one only goes on."""

    ttl: timedelta
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    monotonic: Callable[[], float]

    @property
    def sure_until(self) -> float:
        """Until when a lease that is asked for now is ours for sure, however late the answer comes."""
        return self.monotonic() + SURE * self.ttl.total_seconds()


class Held:
    """A lease in hand."""

    def __init__(self, lease: Lease, repository: LeaseRepository, timing: Timing, *, sure_until: float) -> None:
        self._lease = lease
        self._repository = repository
        self._timing = timing
        self._sure_until = sure_until
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
        timing = self._timing
        sure_until = timing.sure_until
        self._lease = await self._repository.renew(self._lease, now=timing.clock.now(), ttl=timing.ttl)
        self._sure_until = max(self._sure_until, sure_until)

    async def keep(self) -> None:
        """Renew until the lease is lost, or could not be renewed for so long that it may be lost soon; then return."""
        renewing = asyncio.ensure_future(self._renew_for_ever())
        try:
            while not renewing.done() and (left := self._sure_until - self._timing.monotonic()) > 0:
                ending = asyncio.ensure_future(self._timing.sleep(left))
                try:
                    await asyncio.wait({renewing, ending}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    ending.cancel()
        finally:
            renewing.cancel()

    async def _renew_for_ever(self) -> None:
        while True:
            await self._timing.sleep(self._timing.ttl.total_seconds() / RENEWALS)
            try:
                await self.confirm()
            except LeaseLost:
                return
            except DomainError as error:
                _log.warning("lease_not_renewed", lease=self._lease.name, reason=error.reason)


class Leases:
    """Leases by name, over all processes. `sleep` and `monotonic` are replaced by tests."""

    def __init__(
        self,
        repository: LeaseRepository,
        clock: Clock,
        ids: IdSource,
        *,
        ttl: timedelta = TTL,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._repository = repository
        self._ids = ids
        self._timing = Timing(ttl, clock, sleep, monotonic)

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[Held]:
        """Hold `name`, renewing it; if it is lost, the block is cancelled and LeaseLost comes out of it.

        So it does before the lease expires, if it cannot be renewed.

        Raises: LeaseHeld at once, if somebody else has it.
        """
        timing = self._timing
        sure_until = timing.sure_until
        lease = await self._repository.acquire(name, holder=self._ids.new(), now=timing.clock.now(), ttl=timing.ttl)
        held = Held(lease, self._repository, timing, sure_until=sure_until)
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
                await self._release(held.lease)

    async def _release(self, lease: Lease) -> None:
        """What was done is done: a lease that cannot be given back now expires by itself."""
        try:
            await self._repository.release(lease)
        except DomainError as error:
            _log.warning("lease_not_released", lease=lease.name, reason=error.reason)
