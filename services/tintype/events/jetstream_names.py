"""What things are called in JetStream: streams, subjects, headers; and a fact as a message and back.

A namespace is the path of the URL, `tintype` if there is none, so that several installations may share a server:

- stream `<namespace>`: the facts, on `<namespace>.v1.<owner>.<fact>.<priority>`;
- stream `<namespace>-dead`: the dead letters, on `<namespace>.dead.<owner>.<consumer>.<event id>`;
- stream `<namespace>-advisories`: what the server says of facts that it gave up, until they are dead letters;
- `<namespace>.stored.>`: each fact again, without its payload, once it is stored. It wakes who waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from tintype.events.ports import ConsumerSpec
from tintype.kit.fact import Event, Priority
from tintype.kit.instants import instant_of, milliseconds

DEFAULT_NAMESPACE: Final = "tintype"
COLLECTOR: Final = "collector"  # the consumer of the advisories

EVENT_ID: Final = "Nats-Msg-Id"  # the server recognises a repeated one
TIME: Final = "Tintype-Time"  # of the fact, in milliseconds since 1970
SEQUENCE: Final = "Tintype-Sequence"  # of the fact that a dead letter is about
REASON: Final = "Tintype-Reason"
DELIVERED: Final = "Tintype-Delivered"

_PRIORITIES: Final = {priority.name.lower(): priority for priority in Priority}
_NOBODY: Final = "%"  # the token of an empty id: nothing is quoted so


@dataclass(frozen=True, slots=True)
class Names:
    """The streams and subjects of a namespace."""

    namespace: str

    @property
    def facts(self) -> str:
        """The stream of facts."""
        return self.namespace

    @property
    def dead(self) -> str:
        """The stream of dead letters."""
        return f"{self.namespace}-dead"

    @property
    def advisories(self) -> str:
        """The stream of advisories."""
        return f"{self.namespace}-advisories"

    def subject(self, event: Event) -> str:
        """Where a fact is published."""
        return f"{self.namespace}.v1.{_token(event.owner_id)}.{event.name}.{event.priority.name.lower()}"

    def subjects_of_owner(self, owner_id: str) -> str:
        """All facts of an owner."""
        return f"{self.namespace}.v1.{_token(owner_id)}.>"

    def stored_of_owner(self, owner_id: str) -> str:
        """Where it is told that a fact of an owner is stored."""
        return f"{self.namespace}.stored.{_token(owner_id)}.>"

    def filters(self, spec: ConsumerSpec) -> list[str]:
        """What a consumer hears."""
        priorities = [priority.name.lower() for priority in sorted(spec.priorities)] or ["*"]
        return [f"{self.namespace}.v1.*.{name}.{priority}" for name in sorted(spec.names) for priority in priorities]

    def widened(self, spec: ConsumerSpec, before: Sequence[str]) -> list[str]:
        """What a consumer hears that heard `before`: no less. JetStream refuses a filter that is part of another."""
        filters = {*self.filters(spec), *before}
        return sorted(each for each in filters if each.endswith(".*") or f"{each.rpartition('.')[0]}.*" not in filters)

    def letter(self, owner_id: str, consumer: str, sequence: int, event_id: str) -> str:
        """Where a dead letter is published; there is at most one. What has no id is known by its place in the stream.

        A fact that was published again when the server had forgotten it has two places, and is one job all the same.
        """
        fact = _token(event_id) if event_id else f"{sequence}-{_NOBODY}"
        return f"{self.namespace}.dead.{_token(owner_id)}.{consumer}.{fact}"

    def letters(self, *, consumer: str = "") -> str:
        """The dead letters of a consumer, or of all."""
        return f"{self.namespace}.dead.*.{consumer or '*'}.*"

    def letters_of_owner(self, owner_id: str) -> str:
        """All dead letters of an owner."""
        return f"{self.namespace}.dead.{_token(owner_id)}.>"


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as a stream keeps it."""

    sequence: int
    subject: str
    headers: Mapping[str, str]
    data: bytes


def headers_of(event: Event) -> dict[str, str]:
    """What of a fact is neither in its subject nor its payload."""
    return {EVENT_ID: event.event_id, TIME: str(milliseconds(event.time))}


def event_of(subject: str, headers: Mapping[str, str] | None, data: bytes) -> Event | None:
    """The fact that was published; None if it is none, for anybody who may publish can put anything there.

    A priority that only a newer version knows is the least urgent here.
    """
    headers = headers or {}
    try:
        owner, name, priority = subject.split(".")[-3:]
        time = instant_of(int(headers.get(TIME, "0")))
    except (ValueError, OverflowError):
        return None
    return Event(
        event_id=headers.get(EVENT_ID, ""),
        owner_id=_untoken(owner),
        name=name,
        payload=data,
        time=time,
        priority=_PRIORITIES.get(priority, max(Priority)),
    )


def owner_of(subject: str) -> str:
    """Whose fact a subject is of, whatever else it says."""
    parts = subject.split(".")
    return _untoken(parts[2]) if len(parts) > 2 else ""


def letter_parts(subject: str, headers: Mapping[str, str]) -> tuple[str, int]:
    """The consumer of a dead letter, and the place of its fact, which was part of the subject in earlier versions."""
    consumer, letter = subject.split(".")[-2:]
    return consumer, int(headers.get(SEQUENCE) or letter.partition("-")[0])


def is_letter_of(subject: str, event: Event) -> bool:
    """Whether a dead letter is about this fact: in a stream made anew another one has its place."""
    letter, fact = subject.rpartition(".")[2], _token(event.event_id)
    return fact in (letter, letter.partition("-")[2])


def advisories_of(stream: str) -> Sequence[str]:
    """Where the server says that it gave up a fact of a stream."""
    kinds = ("MAX_DELIVERIES", "MSG_TERMINATED")
    return [f"$JS.EVENT.ADVISORY.CONSUMER.{kind}.{stream}.*" for kind in kinds]


def _token(text: str) -> str:
    """An id as one part of a subject, whatever its characters."""
    return quote(text, safe="").replace(".", "%2E") or _NOBODY


def _untoken(token: str) -> str:
    return "" if token == _NOBODY else unquote(token)
