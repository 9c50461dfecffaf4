"""What a user asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tintype.search.domain.photo_filter import PhotoFilter, Visibility
from tintype.search.domain.query import Leg


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A query of one owner. `weights` leave legs out by 0; legs without a weight count 1.

    `after` is where the page before ended: its last photo and how many hits came up to it. `filter` is None where the
    request has none.
    """

    owner_id: str
    words: str = ""
    like_photo_id: str = ""
    like_image: bytes = b""
    weights: Mapping[Leg, float] = field(default_factory=dict)
    filter: PhotoFilter | None = None
    visibility: Visibility = field(default_factory=Visibility)
    literal: bool = False
    min_relevance: float = 0.0
    limit: int = 50
    after: tuple[str, int] = ("", 0)
    explain: bool = False
    facets: bool = False
    thumbnail_urls: bool = False
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ()

    def wants(self, leg: Leg) -> bool:
        """Whether a leg counts."""
        return self.weights.get(leg, 1.0) > 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to search for."""
        return not (self.words.strip() or self.like_photo_id or self.like_image or self.filter is not None)
