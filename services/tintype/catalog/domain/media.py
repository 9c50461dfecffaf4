"""Files as they are handed out, and the right to load one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final

from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Variant

DERIVED_TYPE: Final = "image/jpeg"
_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Whose credential asked for an address: once that is revoked, the address serves nothing.

    One of the two ids is set, or none where a service asks for somebody; `issued` is when the credential was made.
    """

    user_id: str
    session_id: str = ""
    key_id: str = ""
    issued: datetime = _ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaGrant:
    """The right to load one variant of one of the asker's photos until `expire_s` (seconds since 1970)."""

    asker: Asker
    photo_id: str
    variant: Variant
    expire_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """A variant that is there. `version` changes with its bytes; `sha256` is that of an original, else empty."""

    photo: Photo
    variant: Variant
    media_type: str
    size_bytes: int
    version: str

    @property
    def sha256(self) -> str:
        """In lower-case hexadecimal."""
        return self.photo.file.sha256 if self.variant is Variant.ORIGINAL else ""

    @property
    def file_name(self) -> str:
        """A name to save it under."""
        name = self.photo.file.file_name or self.photo.photo_id
        return name if self.variant is Variant.ORIGINAL else f"{PurePath(name).stem}-{self.variant.value}.jpg"


def has_variant(photo: Photo, variant: Variant) -> bool:
    """Whether the photo says that it has it; an original is always there."""
    made = photo.picture.variants if photo.picture else ()
    return variant is Variant.ORIGINAL or variant in made
