"""The analysis queue as the stream of facts knows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tintype.catalog.domain.fact import Priority
from tintype.events.hear import consumer_name
from tintype.events.ports import EventStream, UnknownConsumer
from tintype.kit import fact

POOL: Final = "analysis"
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class StreamAnalysisQueue:
    """AnalysisQueue over the consumers that the workers share."""

    def __init__(self, stream: EventStream) -> None:
        self._stream = stream

    async def oldest_waiting(self, priority: Priority) -> datetime | None:
        """See `AnalysisQueue`."""
        try:
            return await self._stream.oldest_unacknowledged(consumer_name(POOL, fact.Priority(priority)))
        except UnknownConsumer:
            return _LONG_AGO
