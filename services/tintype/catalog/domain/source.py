"""Where values came from."""

from __future__ import annotations

from enum import StrEnum


class ValueSource(StrEnum):
    """Who said a value."""

    UNKNOWN = "unknown"
    USER = "user"
    EXIF = "exif"
    XMP = "xmp"
    CLIENT = "client"
    UPLOAD = "upload"
    MODEL = "model"


class OffsetSource(StrEnum):
    """Who said the offset of a local time from UTC."""

    UNKNOWN = "unknown"
    FILE = "file"
    GPS_TIME = "gps_time"
    USER = "user"
    CLIENT = "client"
