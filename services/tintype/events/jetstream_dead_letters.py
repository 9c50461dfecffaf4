"""The dead letters of JetStream: a stream with one message for each, on its owner's subject.

A consumer that gives a fact up writes its letter itself. What the server gave up, because it was delivered too often,
it says in an advisory: a stream captures those, and whoever asks for dead letters first makes letters of them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nats.aio.msg import Msg
from nats.js.errors import APIError, NoStreamResponseError

from tintype.events.jetstream_connection import ANSWER_S, JetStreamConnection
from tintype.events.jetstream_errors import WRONG_LAST_SEQUENCE, stream_errors
from tintype.events.jetstream_inbox import NO_RESPONDERS, kept, pull
from tintype.events.jetstream_names import (
    COLLECTOR,
    DELIVERED,
    REASON,
    SEQUENCE,
    TIME,
    Kept,
    Names,
    event_of,
    is_letter_of,
    letter_parts,
)
from tintype.events.ports import MAX_DELIVERIES, DeadLetter, DeadLetterNotFound, StreamUnavailable
from tintype.kit.clock import Clock
from tintype.kit.fact import Event
from tintype.kit.instants import instant_of, milliseconds

RECORDED: Final = "recorded"  # the reason of a termination whose letter is written already
_NO_LETTER_YET: Final = {"Nats-Expected-Last-Subject-Sequence": "0"}
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What a dead letter says; owner and event id are empty if the fact is no longer kept."""

    consumer: str
    sequence: int
    delivered: int
    reason: str
    owner_id: str = ""
    event_id: str = ""


class JetStreamDeadLetters:
    """DeadLetters on a stream of their own.

    Args:
        connection: of the process.
        names: of the streams.
        clock: says when a letter was written.
        ensure: makes the streams where they are gone.
        publish: the stream's own, for a replay.
    """

    def __init__(
        self,
        connection: JetStreamConnection,
        names: Names,
        clock: Clock,
        *,
        ensure: Callable[[], Awaitable[None]],
        publish: Callable[[Sequence[Event]], Awaitable[None]],
    ) -> None:
        self._connection = connection
        self._names = names
        self._clock = clock
        self._ensure = ensure
        self._publish = publish

    async def page(self, *, after: str = "", limit: int = 100, consumer: str = "") -> Sequence[DeadLetter]:
        """See the port."""
        await self.collect()
        letters = self._names.letters(consumer=consumer)
        found = await kept(self._connection, self._names.dead, letters, after=int(after or 0), limit=limit)
        return await asyncio.gather(*(self._letter(each) for each in found))

    async def count(self) -> int:
        """See the port."""
        await self.collect()
        with stream_errors():
            return int((await self._connection.js.stream_info(self._names.dead)).state.messages)

    async def remove(self, dead_letter_id: str) -> None:
        """See the port."""
        await self.collect()
        try:
            with stream_errors():
                await self._connection.js.delete_msg(self._names.dead, int(dead_letter_id))
        except (APIError, ValueError) as error:
            raise _not_found(dead_letter_id) from error

    async def replay(self, dead_letter_id: str, *, event_id: str) -> None:
        """See the port."""
        if not dead_letter_id.isdigit():
            raise _not_found(dead_letter_id)
        before = int(dead_letter_id) - 1
        found = await kept(self._connection, self._names.dead, self._names.letters(), after=before, limit=1)
        if not found or found[0].sequence != before + 1:
            raise _not_found(dead_letter_id)
        event = (await self._letter(found[0])).event
        if event is None:
            raise _not_found(dead_letter_id)
        await self._publish([replace(event, event_id=event_id)])
        await self.remove(dead_letter_id)

    async def bury(self, given_up: GivenUp) -> None:
        """Write a letter, unless there is one of it. Raises StreamUnavailable, StreamFull."""
        subject = self._names.letter(given_up.owner_id, given_up.consumer, given_up.sequence, given_up.event_id)
        headers = {
            **_NO_LETTER_YET,
            TIME: str(milliseconds(self._clock.now())),
            SEQUENCE: str(given_up.sequence),
            DELIVERED: str(given_up.delivered),
            REASON: given_up.reason,
        }
        try:
            with stream_errors():
                await self._write(subject, headers)
        except APIError as error:
            if error.err_code != WRONG_LAST_SEQUENCE:
                raise StreamUnavailable("the dead letter was not kept", dependency="events") from error

    async def _write(self, subject: str, headers: dict[str, str]) -> None:
        try:
            await self._connection.js.publish(subject, b"", headers=headers, timeout=ANSWER_S)
        except NoStreamResponseError:
            await self._ensure()
            await self._connection.js.publish(subject, b"", headers=headers, timeout=ANSWER_S)

    async def collect(self) -> None:
        """Make letters of what the server gave up. Raises StreamUnavailable, StreamFull."""
        while True:
            inbox = await pull(self._connection, self._names.advisories, COLLECTOR, batch=_BATCH, wait_s=0)
            for message in inbox.messages:
                await self._collect_one(message)
            if inbox.status == NO_RESPONDERS:
                await self._ensure()
            if len(inbox.messages) < _BATCH:
                return

    async def _collect_one(self, message: Msg) -> None:
        advisory = json.loads(message.data)
        reason = MAX_DELIVERIES if advisory["type"].endswith(".max_deliver") else advisory.get("reason", "")
        if reason != RECORDED:
            sequence = int(advisory["stream_seq"])
            event = await self._event(sequence)
            given_up = GivenUp(advisory["consumer"], sequence, int(advisory["deliveries"]), reason)
            if event is not None:
                given_up = replace(given_up, owner_id=event.owner_id, event_id=event.event_id)
            await self.bury(given_up)
        with stream_errors():
            await message.ack_sync(timeout=ANSWER_S)

    async def _letter(self, found: Kept) -> DeadLetter:
        consumer, sequence = letter_parts(found.subject, found.headers)
        event = await self._event(sequence)
        return DeadLetter(
            dead_letter_id=f"{found.sequence:020d}",
            consumer=consumer,
            sequence=sequence,
            delivered=int(found.headers.get(DELIVERED, "0")),
            reason=found.headers.get(REASON, ""),
            time=instant_of(int(found.headers.get(TIME, "0"))),
            event=event if event is not None and is_letter_of(found.subject, event) else None,
        )

    async def _event(self, sequence: int) -> Event | None:
        """The fact at a place, if it is kept and is one."""
        everything = f"{self._names.namespace}.v1.>"
        found = await kept(self._connection, self._names.facts, everything, after=sequence - 1, limit=1)
        if not found or found[0].sequence != sequence:
            return None
        return event_of(found[0].subject, found[0].headers, found[0].data)


def _not_found(dead_letter_id: str) -> DeadLetterNotFound:
    return DeadLetterNotFound("there is no such dead letter, or its fact is gone", dead_letter_id=dead_letter_id)
