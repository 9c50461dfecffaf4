"""What the catalog tells of a photo: ids, a revision and names of what changed, no content."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from tintype.catalog.domain.stage import PhotoState, Stage


class Priority(IntEnum):
    """Which work comes first; lower values do."""

    PERSON = 0
    BACKLOG = 1
    DEFERRED = 2


class Group(StrEnum):
    """A part of a photo that can change; the stages are parts too."""

    DERIVE = "derive"
    METADATA = "metadata"
    EMBED = "embed"
    FACES = "faces"
    LABELS = "labels"
    TEXT = "text"
    CAPTION = "caption"
    EDITS = "edits"
    ALBUMS = "albums"
    PEOPLE = "people"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRegistered:
    """The bytes are safe and the photo exists: analysis begins."""

    photo_id: str
    owner_id: str
    priority: Priority = Priority.PERSON
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequested:
    """Stages of a photo were asked for (again)."""

    photo_id: str
    owner_id: str
    stages: tuple[Stage, ...]
    priority: Priority = Priority.PERSON
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoChanged:
    """A photo has a new revision."""

    photo_id: str
    owner_id: str
    groups: tuple[Group, ...]
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoReady:
    """Every required stage has ended: READY, or PARTIAL where one of them failed."""

    photo_id: str
    owner_id: str
    state: PhotoState
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoDeleted:
    """A photo is gone for good."""

    photo_id: str
    owner_id: str
    revision: int = 0


PhotoFact = PhotoRegistered | AnalysisRequested | PhotoChanged | PhotoReady | PhotoDeleted
