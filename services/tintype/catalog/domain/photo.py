"""The photo: its file, what file and owner say of it, how far its analysis is, and what is left once it is deleted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tintype.catalog.domain.capture import CaptureTime, capture_time_at
from tintype.catalog.domain.location import Camera, Location, Place
from tintype.catalog.domain.result import MetadataResult, Variant
from tintype.catalog.domain.source import ValueSource
from tintype.catalog.domain.stage import PhotoState, Stage, StageStatus, state_of
from tintype.catalog.domain.tag import Tags

MAX_ALBUMS: Final = 100  # memberships lie in the photo's document, which must stay small


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """The stored file. Of a deleted photo only the hash is left, which its blobs are found by."""

    sha256: str
    file_name: str = ""
    size_bytes: int = 0
    media_type: str = ""
    header_width_px: int = 0
    header_height_px: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the client said at upload, from the file system or a sidecar; the file itself wins."""

    capture_time: CaptureTime | None = None
    location: Location | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What the owner set; None lets the file speak again."""

    title: str | None = None
    description: str | None = None
    rating: int | None = None
    capture_time: CaptureTime | None = None
    location: Location | None = None
    favourite: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What decoding gave; sizes are after orientation."""

    width_px: int
    height_px: int
    thumbhash: bytes
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That a photo is in an album, and where: albums sort their photos by `rank`."""

    album_id: str
    rank: str
    added_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """When a photo was deleted, and since when nothing of its content is left; None until then."""

    delete_time: datetime
    content_removed_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One file of one owner. `change_time` is when it got its `revision`; a deleted one is a tombstone.

    `place` belongs to the location that the file states, so an owner's own location has none.
    """

    photo_id: str
    owner_id: str
    file: FileFacts
    upload_time: datetime
    change_time: datetime
    revision: int = 1
    backlog: bool = False
    claims: Claims = field(default_factory=Claims)
    metadata: MetadataResult | None = None
    picture: Picture | None = None
    edits: Edits = field(default_factory=Edits)
    tags: Tags = field(default_factory=Tags)
    memberships: tuple[Membership, ...] = ()
    stages: tuple[StageStatus, ...] = ()
    trash_time: datetime | None = None
    corrupt_time: datetime | None = None
    deletion: Deletion | None = None

    @property
    def state(self) -> PhotoState:
        """What the stages add up to."""
        return state_of(self.stages)

    @property
    def capture_time(self) -> CaptureTime:
        """The owner's, else the file's, else the client's, else the time of upload."""
        file = self.metadata.capture_time if self.metadata else None
        known = self.edits.capture_time or file or self.claims.capture_time
        return known or capture_time_at(self.upload_time, source=ValueSource.UPLOAD)

    @property
    def location(self) -> Location | None:
        """The owner's, else the file's, else the client's."""
        file = self.metadata.location if self.metadata else None
        return self.edits.location or file or self.claims.location

    @property
    def place(self) -> Place | None:
        """What lies at the file's location, if that is the one in force."""
        return self.metadata.place if self.metadata and self.edits.location is None else None

    @property
    def camera(self) -> Camera | None:
        """What took it, as far as the file says."""
        return self.metadata.camera if self.metadata else None

    @property
    def title(self) -> str:
        """The owner's, else the file's."""
        return self.edits.title or (self.metadata.title if self.metadata else "")

    @property
    def description(self) -> str:
        """The owner's, else the client's sidecar, else the file's."""
        return self.edits.description or self.claims.description or (self.metadata.description if self.metadata else "")

    @property
    def rating(self) -> int:
        """The owner's stars, else the file's; 0 for none."""
        return self.edits.rating or (self.metadata.rating if self.metadata else 0)

    @property
    def etag(self) -> str:
        """Covers what users edit and nothing else, so that results in the background do not change it."""
        edited = (self.edits, [tag.name for tag in self.tags.user], self.tags.removed, self.trash_time)
        return f'"{hashlib.sha256(repr(edited).encode()).hexdigest()[:16]}"'

    def status(self, stage: Stage) -> StageStatus | None:
        """How far a stage is; None if it was never asked for."""
        return next((status for status in self.stages if status.stage is stage), None)
