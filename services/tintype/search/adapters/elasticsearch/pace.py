"""When a write is made seen at once, and when it waits for the next refresh like everybody's.

A forced refresh costs some 20 ms and leaves a small segment behind, so it is for a library at rest: the photo that
somebody just took. While writes keep coming they wait for the index's own refresh, twice a second, and meanwhile
grow into batches.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tintype.search.adapters.elasticsearch.writing import Refresh

SMALL: Final = 64  # documents
REST: Final = 4.0  # times what the last write with a refresh took: at most a fifth of the time goes into them


class Pace:
    """Knows what this process is writing."""

    def __init__(self) -> None:
        self._under_way = 0
        self._rested_at = 0.0

    @contextmanager
    def write(self, documents: int) -> Iterator[Refresh]:
        """How a write of so many documents is to be made seen."""
        begin = time.monotonic()
        at_once = not self._under_way and documents <= SMALL and begin >= self._rested_at
        self._under_way += 1
        try:
            yield "true" if at_once else "wait_for"
        finally:
            self._under_way -= 1
            end = time.monotonic()
            if at_once:
                self._rested_at = end + REST * (end - begin)
