"""One call of a handler, and what becomes of its fact by what it raised."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import Message

from tintype.events.hearing import Heard, Hearing
from tintype.kit.cancelling import told_to_stop
from tintype.kit.errors import DomainError
from tintype.kit.grpc.answers import UNEXPECTED, Verdict, answer_to
from tintype.kit.log import log_of

_log: Final = log_of(__name__)


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
    said: dict[str, object] = {
        "fact": hearing.kind.DESCRIPTOR.name,
        "event_id": heard.event_id,
        "delivered": heard.delivered,
        "verdict": outcome.verdict.name,
    }
    if error is None:
        _log.info("fact_refused", reason=outcome.reason, **said)
    else:
        _log.error("fact_failed", exc_info=error, **said)
