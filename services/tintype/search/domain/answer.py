"""What a user is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tintype.search.domain.fusion import LegPart
from tintype.search.domain.query import FacetValue, MatchedWord
from tintype.search.domain.understanding import Understanding


@dataclass(frozen=True, slots=True)
class PagePhoto:
    """A photo of a page. `message` is the photo as the contract has it, put into the answer as it is."""

    photo_id: str
    archived: bool
    trashed: bool
    message: object


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A photo that was found; `parts` and `matched` are set where the request asks for explanations."""

    photo: PagePhoto
    score: float
    relevance: float
    parts: tuple[LegPart, ...] = ()
    matched: tuple[MatchedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of an answer; `after` asks for the next one, None on the last.

    `albums` has the titles of the album ids that facets hold.
    """

    hits: tuple[SearchHit, ...]
    after: tuple[str, int] | None
    understanding: Understanding
    degraded: tuple[str, ...]
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    albums: Mapping[str, str] = field(default_factory=dict)
    matches: int = 0
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query worth making; `kind` is place, tag, album, camera or date."""

    words: str
    kind: str
    photos: int
