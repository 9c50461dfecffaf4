"""An upload: what was declared of a file, and how far its bytes are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum


class UploadState(Enum):
    """Where an upload stands."""

    OPEN = "open"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureTime:
    """What the client knows of the time; None where it does not know the offset."""

    local_time: str
    utc_offset_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """What the client knows of the place, in degrees and metres."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the client says of the file before it sends the bytes; `sha256` is hexadecimal, empty if not known yet."""

    file_name: str
    size_bytes: int
    sha256: str = ""
    capture_time: CaptureTime | None = None
    location: Location | None = None
    backlog: bool = False
    description: str = ""
    favourite: bool = False

    def fingerprint(self) -> str:
        """Tells whether a repeated request says the same."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file on its way in. `handle` names its staged bytes; `photo_id` is set once it is complete.

    `found_sha256` is that of the bytes, noted before they get their place if none was declared.
    """

    upload_id: str
    owner_id: str
    revision: int
    header: Header
    handle: str
    create_time: datetime
    expire_time: datetime
    state: UploadState = UploadState.OPEN
    photo_id: str = ""
    found_sha256: str = ""

    @property
    def sha256(self) -> str:
        """Of the bytes, in hexadecimal; empty while nobody knows it."""
        return self.header.sha256 or self.found_sha256

    def found(self, sha256: str) -> Upload:
        """All bytes are there, and this is what they are. The header stays what the client said."""
        return replace(self, found_sha256=sha256)

    def completed(self, *, photo_id: str, sha256: str) -> Upload:
        """The bytes are a photo now."""
        header = replace(self.header, sha256=sha256)
        return replace(self, state=UploadState.COMPLETE, photo_id=photo_id, header=header)

    def cancelled(self) -> Upload:
        """The client gave it up; the record stays until it expires, so that cancelling again is no error."""
        return replace(self, state=UploadState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the bytes show, before any decode; sizes are as stored, before orientation."""

    media_type: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of bytes. `intact` says that its CRC-32C fits."""

    offset: int
    data: bytes
    intact: bool
