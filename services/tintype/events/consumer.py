"""The consumer loop: fetch, decode, call the handler, answer by what it raised.

The pipeline of events, as the interceptors are of calls. A handler that returns is acked. What it raises is looked up
in the table of `kit.grpc.answers`: RETRY comes again after 1, 2, 4 and then 8 s; REJECT is given up; WAIT means that a
dependency is away: nothing is fetched, what is held is kept alive and costs no attempt, until the dependency is back.
LEAVE comes again after 15 s, for while versions run side by side a newer process can take it: so does a fact that
nobody hears in this one. Once it was delivered too often it is given up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from google.protobuf.message import Message

from tintype.events.fetching import PriorityFetch
from tintype.events.handling import Outcome, handled
from tintype.events.hearing import UNHEARD, Heard, Hearing, UnreadableFact, by_name, read
from tintype.events.ports import LONGEST_DELAY, Consumer, Delivery
from tintype.kit.cancelling import told_to_stop
from tintype.kit.errors import DomainError
from tintype.kit.grpc.answers import Verdict
from tintype.kit.log import log_of

RETRIES: Final = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 4, 8))
PROBE_EVERY_S: Final = 2.0
REFETCH_S: Final = 1.0  # after the stream did not answer
STREAM: Final = "events"  # as dependencies are called

_log: Final = log_of(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a loop does at once.

    Args:
        concurrency: handlers that run at the same time.
        ahead: facts held beyond that, so that `coalesce` has something to put together.
        grace: how long handlers may go on after the loop was told to end.
        least_urgent: how many of the least urgent facts are held at once, so that they never take all places.
    """

    concurrency: int = 8
    ahead: int = 0
    grace: timedelta = timedelta(seconds=20)
    least_urgent: int = 1_000_000


@dataclass(slots=True)
class Blocked:
    """What a loop waits for: the name of the dependency that is away, empty while it runs."""

    by: str = ""


@dataclass(eq=False, slots=True)
class _Job:
    """A call of a handler: for one fact, or for the newest of several that are done by the same work."""

    key: str
    consumer: Consumer
    heard: Heard[Message]
    hearing: Hearing[Message]
    deliveries: list[Delivery] = field(default_factory=list)


async def always_back() -> None:
    """The probe where the work itself is the only way to find out."""


class ConsumerLoop:
    """Runs the handlers of one service, or of one worker of a pool.

    Args:
        consumers: the most urgent first; a lower one is fetched from only while the higher are empty.
        hearings: what to do with each fact.
        limits: how much at once.
        probe: asks the dependencies whether they are back, every 2 s after a WAIT; raises while they are not.
        coalesce: facts of the same key that wait are done by one call, with the newest of them; empty: by itself.
        blocked: what administrators are told of the loop.
        sleep, monotonic: replaced by tests.
    """

    def __init__(
        self,
        consumers: Sequence[Consumer],
        hearings: Sequence[Hearing[Message]],
        *,
        limits: Limits | None = None,
        probe: Callable[[], Awaitable[None]] = always_back,
        coalesce: Callable[[Message], str] = lambda message: "",
        blocked: Blocked | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits or Limits()
        self._hearings = by_name(hearings)
        self._probe = probe
        self._coalesce = coalesce
        self._blocked = blocked or Blocked()
        self._sleep = sleep
        self._monotonic = monotonic
        self._least_urgent = consumers[-1]
        self._room = asyncio.Event()
        self._fetch = PriorityFetch(consumers, self._take, room=self._room_for, freed=self._room)
        self._ack_wait_s = min(consumer.spec.ack_wait for consumer in consumers).total_seconds()
        self._waiting: dict[str, _Job] = {}
        self._running: dict[str, tuple[_Job, asyncio.Task[None]]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._away: asyncio.Task[None] | None = None
        self._ending = False

    async def run(self) -> None:
        """Work until cancelled; then fetch no more, let what runs end within the grace, and hand back the rest."""
        beating = asyncio.create_task(self._heartbeat())
        try:
            while True:
                await self._wait_for_room()
                try:
                    await self._fetch.fill(self._free())
                    self._not_blocked_by(STREAM)
                except (DomainError, asyncio.CancelledError) as error:
                    if isinstance(error, asyncio.CancelledError) and told_to_stop():
                        raise
                    self._blocked.by = STREAM
                    _log.warning("events_stream_away", reason=getattr(error, "reason", "CANCELLED"))
                    await self._sleep(REFETCH_S)
        finally:
            await self._drain()
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    def _free(self) -> int:
        if self._away is not None:
            return 0
        return self._limits.concurrency + self._limits.ahead - len(self._running) - len(self._waiting)

    def _room_for(self, consumer: Consumer) -> int:
        """How many more of one consumer's facts may be held."""
        if consumer is not self._least_urgent:
            return self._free()
        jobs = [*self._waiting.values(), *(job for job, _ in self._running.values())]
        held = sum(len(job.deliveries) for job in jobs if job.consumer is consumer)
        return min(self._free(), self._limits.least_urgent - held)

    async def _wait_for_room(self) -> None:
        while self._free() <= 0:
            self._room.clear()
            await self._room.wait()

    def _take(self, consumer: Consumer, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            hearing, most = self._hearings.get(delivery.event.name), consumer.spec.max_deliver
            if hearing is None:
                _log.warning("fact_unheard", fact=delivery.event.name, event_id=delivery.event.event_id)
                self._answer(_left(delivery, UNHEARD, last=delivery.delivered >= most))
                continue
            try:
                heard = read(delivery, hearing, max_deliver=most)
            except UnreadableFact as error:
                _log.error("fact_unreadable", fact=delivery.event.name, event_id=delivery.event.event_id)
                self._answer(delivery.terminate(error.reason))
                continue
            key = self._coalesce(heard.message) or f"#{consumer.spec.name}/{delivery.sequence}"
            job = self._waiting.setdefault(key, _Job(key, consumer, heard, hearing))
            if not job.deliveries or delivery.sequence > job.deliveries[-1].sequence:
                job.heard, job.hearing = heard, hearing
            job.deliveries.append(delivery)
            job.deliveries.sort(key=lambda each: each.sequence)
        self._start()

    def _start(self) -> None:
        """Start what may run: as many as allowed, and of one key only one."""
        for key in list(self._waiting):
            if self._away is not None or self._ending or len(self._running) >= self._limits.concurrency:
                break
            if key not in self._running:
                job = self._waiting.pop(key)
                self._running[key] = (job, asyncio.create_task(self._work(job)))
        self._room.set()

    async def _work(self, job: _Job) -> None:
        outcome = await handled(job.hearing, job.heard)
        if outcome.verdict is not Verdict.WAIT:
            self._not_blocked_by(self._blocked.by)  # it could work
            await self._settle(job, outcome)
        if self._running.get(job.key, (None,))[0] is job:  # or else it was dropped, and another one may run
            del self._running[job.key]
        if outcome.verdict is Verdict.WAIT:
            self._wait_for_dependency(job, outcome.reason)
        self._start()

    async def _settle(self, job: _Job, outcome: Outcome) -> None:
        for delivery in job.deliveries:
            try:
                if outcome.verdict is None:
                    await delivery.ack()
                elif outcome.verdict is Verdict.REJECT:
                    await delivery.terminate(outcome.reason)
                elif outcome.verdict is Verdict.LEAVE:
                    await _left(delivery, outcome.reason, last=delivery.delivered >= job.consumer.spec.max_deliver)
                else:
                    await delivery.nak(RETRIES[min(delivery.delivered, len(RETRIES)) - 1])
            except DomainError:  # it comes again after ack_wait, and the handler is idempotent
                _log.warning("fact_not_answered", event_id=delivery.event.event_id)

    def _wait_for_dependency(self, job: _Job, dependency: str) -> None:
        """Put it back in front, and start nothing until the dependency is back."""
        earlier = self._waiting.pop(job.key, None)
        if earlier is not None:  # newer facts of the same key came meanwhile
            job.heard, job.hearing = earlier.heard, earlier.hearing
            job.deliveries += earlier.deliveries
        self._waiting = {job.key: job, **self._waiting}
        self._blocked.by = dependency
        if self._away is None:
            self._away = asyncio.create_task(self._until_back())

    async def _until_back(self) -> None:
        back = False
        while not back:
            await self._sleep(PROBE_EVERY_S)
            try:
                await self._probe()
                back = True
            except (Exception, asyncio.CancelledError) as error:
                if isinstance(error, asyncio.CancelledError) and told_to_stop():
                    raise
                _log.info("dependency_still_away", error=type(error).__name__)
        self._away = None
        self._start()

    def _not_blocked_by(self, dependency: str) -> None:
        if self._away is None and self._blocked.by == dependency:
            self._blocked.by = ""

    async def _heartbeat(self) -> None:
        """Keep alive what is held; drop it all if this process was frozen for so long that others have it by now."""
        while True:
            before = self._monotonic()
            await self._sleep(self._ack_wait_s / 3)
            if self._monotonic() - before > self._ack_wait_s:
                self._drop()
                continue
            jobs = [*self._waiting.values(), *(job for job, _ in self._running.values())]
            for delivery in [delivery for job in jobs for delivery in job.deliveries]:
                self._answer(delivery.in_progress())

    def _drop(self) -> None:
        _log.warning("process_was_frozen", jobs=len(self._waiting) + len(self._running))
        self._waiting.clear()
        for _, task in self._running.values():
            task.cancel()
        self._running.clear()
        self._room.set()

    def _answer(self, answer: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_tolerant(answer))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _drain(self) -> None:
        await self._fetch.close()
        self._ending = True  # from now on nothing starts
        running = [task for _, task in self._running.values()]
        if running:
            await asyncio.wait(running, timeout=self._limits.grace.total_seconds())
        unfinished = [*self._waiting.values(), *(job for job, _ in self._running.values())]
        ended = [*running, *([self._away] if self._away is not None else [])]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)
        for delivery in [delivery for job in unfinished for delivery in job.deliveries]:
            self._answer(delivery.nak(timedelta(0)))
        await asyncio.gather(*self._answering)


async def _left(delivery: Delivery, reason: str, *, last: bool) -> None:
    """To a process of a newer version: it comes again as late as may be, unless this was the last time."""
    await (delivery.terminate(reason) if last else delivery.nak(LONGEST_DELAY))


async def _tolerant(answer: Awaitable[None]) -> None:
    """An answer that does not arrive is one that was never given: the fact comes again."""
    try:
        await answer
    except DomainError:
        _log.warning("fact_not_answered")
