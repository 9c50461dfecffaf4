"""What is asked of the index, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from tintype.search.domain.document import Field, Vector
from tintype.search.domain.photo_filter import PhotoFilter, Visibility


class Leg(IntEnum):
    """One way to find photos; the numbers are those of the contract, which has no LISTING."""

    LISTING = 0  # no words, no picture: what the filters keep, newest first
    WORDS = 1
    VECTOR = 2
    PHOTO = 3
    IMAGE = 4


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One word of a query: a photo has it if it has any of the tokens or is in any of the albums (named by it)."""

    text: str
    tokens: tuple[str, ...]
    album_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VectorQuery:
    """A vector to be near to, in its space. A photo with nothing in common with it (similarity 0 or less) is no hit."""

    leg: Leg
    space: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class IndexQuery:
    """All legs of one search over one owner's photos, answered together.

    A photo must match every filter. `depth` is the most hits of a leg. Without words and vectors the answer is a
    LISTING.
    """

    owner_id: str
    filters: tuple[PhotoFilter, ...] = ()
    visibility: Visibility = field(default_factory=Visibility)
    words: tuple[QueryWord, ...] = ()
    vectors: tuple[VectorQuery, ...] = ()
    depth: int = 1000
    facets: bool = False


@dataclass(frozen=True, slots=True)
class LegHits:
    """What one leg found, best first.

    `scores` fall; for a leg of vectors they are cosine similarities. `matched` is the share of the query's words that
    the photo has, for the leg of words; empty otherwise. `space` names the vector space.
    """

    leg: Leg
    photo_ids: Sequence[str]
    scores: Sequence[float]
    matched: Sequence[float] = ()
    space: str = ""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a property, and how many of the photos found have it."""

    value: str
    photos: int


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """The legs in the order words, vectors (as asked); how many photos matched the filters and at least one leg."""

    legs: tuple[LegHits, ...]
    matches: int
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word of the query that a photo has, and where."""

    text: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class OwnerTerms:
    """What an owner's photos can be asked for: names as they are shown, with the number of photos, most frequent first.

    Trashed photos do not count. `places` hold every level, `cities` the nearest place and the nearest city only.
    """

    places: tuple[FacetValue, ...] = ()
    cities: tuple[FacetValue, ...] = ()
    cameras: tuple[FacetValue, ...] = ()
    tags: tuple[FacetValue, ...] = ()
    album_ids: tuple[FacetValue, ...] = ()
    years: tuple[FacetValue, ...] = ()
    spaces: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How complete an owner's index is; `update_time` is None if nothing was ever written."""

    photos: int
    spaces: Mapping[str, int]
    update_time: datetime | None
