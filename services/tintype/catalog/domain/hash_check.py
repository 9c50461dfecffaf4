"""What the catalog knows of a hash."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HashState(StrEnum):
    """How the photo of a hash is."""

    PRESENT = "present"
    TRASHED = "trashed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HashCheck:
    """A hash that is a photo."""

    sha256: str
    photo_id: str
    state: HashState
