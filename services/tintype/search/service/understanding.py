"""Reading dates and places out of the words of a query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tintype.search.domain.query import OwnerTerms
from tintype.search.domain.understanding import Understanding


class Understander:
    """Turns runs of words into filters."""

    def understand(self, text: str, *, terms: OwnerTerms, languages: Sequence[str], now: datetime) -> Understanding:
        """`now` is aware and in the caller's time zone."""
        return Understanding(text.strip())
