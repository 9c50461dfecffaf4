"""Publishes the facts of a repository: at once by the process that wrote them, and by a sweep what is left (S1)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import chain, islice, repeat
from typing import Final, Generic, TypeVar

from google.protobuf.message import Message

from tintype.kit.cancelling import told_to_stop
from tintype.kit.clock import Clock, SystemClock
from tintype.kit.errors import DomainError, ResourceExhausted, Unavailable
from tintype.kit.fact import Event, Priority
from tintype.kit.log import log_of
from tintype.kit.outbox import Outbox, Unpublished
from tintype.kit.steps import Step, no_step

F = TypeVar("F")

SWEEP_EVERY: Final = timedelta(seconds=30)
LEFT_AFTER: Final = timedelta(seconds=30)  # younger facts are on their way
BATCH: Final = 256
LAST_PUBLISH_S: Final = 5.0  # at the end of the process; what is not published then waits for the next start
_THIS_MOMENT: Final = timedelta(seconds=1)  # facts of the current millisecond are to be swept too
_BACK_OFF_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0)

_log: Final = log_of(__name__)

FactToEvent = Callable[[F], Message | tuple[Message, int]]
Publish = Callable[[Sequence[Event]], Awaitable[None]]


def enveloped(fact_to_event: FactToEvent[F]) -> Callable[[Unpublished[F]], Event]:
    """Make a service's `convert.fact_to_event` into what wraps the fact for the stream.

    Args:
        fact_to_event: gives the message of `events.proto`, alone or with a Priority (PERSON if alone).
    """

    def wrap(unpublished: Unpublished[F]) -> Event:
        converted = fact_to_event(unpublished.fact)
        message, priority = converted if isinstance(converted, tuple) else (converted, Priority.PERSON)
        return Event(
            event_id=unpublished.event_id,
            owner_id=unpublished.owner_id,
            name=message.DESCRIPTOR.name,
            payload=message.SerializeToString(),
            time=unpublished.time,
            priority=Priority(priority),
        )

    return wrap


class Publisher(Generic[F]):
    """Publishes the facts of one outbox, in the order in which they were written, many in one call.

    Make it before anything is written. A fact is taken out of the outbox only after the stream has it, so none is
    lost; one may be published twice, which its event id absorbs.

    Args:
        outbox: the facts.
        convert: wraps a fact for the stream; see `enveloped`.
        publish: the stream's; returns once all are durable.
        clock, sleep: replaced by tests.
        step: told before facts are published, and before they leave the outbox.
    """

    def __init__(
        self,
        outbox: Outbox[F],
        convert: Callable[[Unpublished[F]], Event],
        publish: Publish,
        *,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        step: Step = no_step,
    ) -> None:
        self._outbox = outbox
        self._convert = convert
        self._publish = publish
        self._clock = clock or SystemClock()
        self._sleep = sleep
        self._step = step
        self._written: deque[Unpublished[F]] = deque()
        self._wake = asyncio.Event()
        outbox.listen(self._notice)

    async def run(self) -> None:
        """Publish what was left before, then everything as it is written, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow())
                tasks.create_task(self._sweep_for_ever())
        finally:
            await self._publish_last()

    async def sweep(self, *, older_than: timedelta = LEFT_AFTER) -> int:
        """S1: publish what was written longer ago and is still there; returns how many facts. Raises DomainError."""
        count, before = 0, self._clock.now() - older_than
        while left := await self._outbox.unpublished(older_than=before, limit=BATCH):
            published = await self._hand_over(left)
            count += published
            if not published:
                break
        if count:
            _log.info("publisher_swept", facts=count)
        return count

    def _notice(self, facts: Sequence[Unpublished[F]]) -> None:
        self._written.extend(facts)
        self._wake.set()

    async def _follow(self) -> None:
        await self._sweep_until_done()
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._publish_written()
            except DomainError as error:
                _log.warning("publisher_unpublished", facts=len(self._written), reason=error.reason)
                await self._sweep_until_done()

    async def _publish_written(self) -> None:
        while self._written:
            batch = list(islice(self._written, BATCH))
            await self._hand_over(batch)
            for _ in batch:
                self._written.popleft()

    async def _sweep_until_done(self) -> None:
        """Publish all that the outbox holds; while the stream is away again and again, later and later."""
        for pause in chain(_BACK_OFF_S, repeat(_BACK_OFF_S[-1])):
            self._written.clear()  # what is in it is in the outbox too, so it need not fill the memory meanwhile
            try:
                await self.sweep(older_than=-_THIS_MOMENT)
                return
            except (Unavailable, ResourceExhausted) as error:
                _log.warning("publisher_stream_away", reason=error.reason)
                await self._sleep(pause)
            except DomainError as error:  # waiting does not help: go on with what is written now
                _log.error("publisher_not_swept", reason=error.reason)
                return

    async def _sweep_for_ever(self) -> None:
        while True:
            await self._sleep(SWEEP_EVERY.total_seconds())
            try:
                await self.sweep()
            except DomainError as error:
                _log.warning("publisher_not_swept", reason=error.reason)

    async def _hand_over(self, facts: Sequence[Unpublished[F]]) -> int:
        """Publish them and take them out; returns how many. One that cannot be converted stays behind."""
        converted = [(fact, event) for fact in facts if (event := self._converted(fact)) is not None]
        if converted:
            await self._step("publish")
            await self._published([event for _, event in converted])
            await self._step("published")
            await self._outbox.mark_published([fact for fact, _ in converted])
        return len(converted)

    async def _published(self, events: Sequence[Event]) -> None:
        """A group takes a task that was cancelled for one that is done: nothing would be published any more."""
        try:
            await self._publish(events)
        except asyncio.CancelledError as error:
            if told_to_stop():
                raise
            raise Unavailable("the stream broke off", dependency="events") from error

    def _converted(self, fact: Unpublished[F]) -> Event | None:
        try:
            return self._convert(fact)
        except Exception as error:  # it must not hold up others; it stays in the outbox, whose count gives the alarm
            _log.error("publisher_not_converted", event_id=fact.event_id, exc_info=error)
            return None

    async def _publish_last(self) -> None:
        try:
            async with asyncio.timeout(LAST_PUBLISH_S):
                await self._publish_written()
        except (DomainError, TimeoutError):
            _log.warning("publisher_left_behind", facts=len(self._written))
