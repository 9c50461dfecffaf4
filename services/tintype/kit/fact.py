"""A published fact as the stream carries it, below every service and adapter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Priority(IntEnum):
    """Which queue of a pool of workers a fact goes to; lower values are fetched first."""

    PERSON = 0
    BACKLOG = 1
    DEFERRED = 2


@dataclass(frozen=True, slots=True)
class Event:
    """One fact on its way.

    `event_id` is made once, when the fact is written, and kept by every repeated publish. `name` is the name of the
    message in `events.proto` without its package, `payload` that message serialized. Facts carry no content.
    """

    event_id: str
    owner_id: str
    name: str
    payload: bytes
    time: datetime
    priority: Priority = Priority.PERSON
