"""One call of a handler, and what becomes of its fact by what it raised."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import Message

from tintype.events.hearing import Heard, Hearing
from tintype.kit.cancelling import told_to_stop
from tintype.kit.errors import DomainError
from tintype.kit.grpc.answers import UNEXPECTED, Verdict, answer_to

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """There is no verdict if it is done; `reason` is the dependency that is away where the verdict is WAIT."""

    verdict: Verdict | None = None
    reason: str = ""


async def handled(hearing: Hearing[Message], heard: Heard[Message]) -> Outcome:
    """Call the handler. Raises CancelledError if this task was cancelled, and nothing else.

    A handler that is cancelled by something of its own has failed like any other: nobody told it to stop.
    """
    try:
        await hearing.handle(heard)
    except DomainError as error:
        outcome = Outcome(answer_to(error).verdict, error.reason)
        _report(outcome, hearing, heard, None)
        if outcome.verdict is Verdict.WAIT:
            return Outcome(Verdict.WAIT, error.metadata.get("dependency", error.reason))
        return outcome
    except (Exception, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and told_to_stop():
            raise
        outcome = Outcome(UNEXPECTED.verdict, type(error).__name__)
        _report(outcome, hearing, heard, error)
        return outcome
    return Outcome()


def _report(outcome: Outcome, hearing: Hearing[Message], heard: Heard[Message], error: BaseException | None) -> None:
    assert outcome.verdict is not None
    _log.log(
        logging.INFO if error is None else logging.ERROR,
        "events.%s name=%s event_id=%s delivered=%d reason=%s",
        outcome.verdict.name.lower(),
        hearing.kind.DESCRIPTOR.name,
        heard.event_id,
        heard.delivered,
        outcome.reason,
        exc_info=error,
    )
