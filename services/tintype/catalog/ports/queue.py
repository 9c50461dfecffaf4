"""How far the workers are."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tintype.catalog.domain.fact import Priority


class AnalysisQueue(Protocol):
    """The jobs that wait for workers, by priority."""

    async def oldest_waiting(self, priority: Priority) -> datetime | None:
        """When the oldest job was written that no worker has finished; None if all are done.

        It may answer too old, never too young. The beginning of time if no worker ever came: nothing is lost then.
        """
