"""What the index holds of a photo, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

from tintype.search.domain.words import fold

Vector = npt.NDArray[np.float32]


class Field(StrEnum):
    """Where a word of a photo stands."""

    CAPTION = "caption"
    TEXT = "text"
    LABELS = "labels"
    TAGS = "tags"
    FILE_NAME = "file_name"
    ALBUMS = "albums"  # never indexed: names of albums are resolved when a query comes
    PLACE = "place"
    CAMERA = "camera"
    TITLE = "title"  # the owner's title and description


class PhotoState(IntEnum):
    """How far the analysis of a photo is; the numbers are those of the contract, which the index stores."""

    PROCESSING = 1
    READY = 2
    PARTIAL = 3
    FAILED = 4


@dataclass(frozen=True, slots=True)
class Captured:
    """When a photo was taken: the instant (aware) and what a clock on the wall showed (naive)."""

    instant: datetime
    local: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the earth, in degrees, north and east positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Place:
    """Names of what lies at a photo's location, as they are shown; empty where unknown."""

    name: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    country_code: str = ""

    def values(self) -> frozenset[str]:
        """What a filter compares, folded."""
        names = (self.name, self.city, self.region, self.country, self.country_code)
        return frozenset(fold(name) for name in names if name)


@dataclass(frozen=True, slots=True)
class Camera:
    """What took a photo; empty where unknown."""

    make: str = ""
    model: str = ""

    @property
    def label(self) -> str:
        """Make and model, as they are shown."""
        return f"{self.make} {self.model}".strip()

    def values(self) -> frozenset[str]:
        """What a filter compares, folded: the make, the model, or both."""
        return frozenset(fold(name) for name in (self.make, self.model, self.label) if name)


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What filters and facets look at."""

    captured: Captured | None = None
    point: Point | None = None
    place: Place = Place()
    camera: Camera = Camera()
    tags: tuple[str, ...] = ()
    album_ids: tuple[str, ...] = ()
    favourite: bool = False
    rating: int = 0
    media_type: str = ""
    archived: bool = False
    trashed: bool = False
    state: PhotoState = PhotoState.PROCESSING


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """A photo at a revision. Sorts by owner, then photo."""

    owner_id: str
    photo_id: str
    revision: int


@dataclass(frozen=True, slots=True, eq=False)
class IndexDocument:
    """A photo as the index holds it, whole; the higher revision wins.

    `tokens` are ready to be compared; `vectors` are unit vectors by the name of their space.
    """

    owner_id: str
    photo_id: str
    revision: int
    facts: PhotoFacts
    tokens: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    vectors: Mapping[str, Vector] = field(default_factory=dict)

    @property
    def key(self) -> DocumentKey:
        """What a sweep compares."""
        return DocumentKey(self.owner_id, self.photo_id, self.revision)


@dataclass(frozen=True, slots=True, eq=False)
class SourcePhoto:
    """A photo as the catalog has it now: what a document is made of. A deleted one has its key and nothing more."""

    key: DocumentKey
    deleted: bool = False
    facts: PhotoFacts = PhotoFacts()
    texts: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    vectors: Mapping[str, Vector] = field(default_factory=dict)
