"""Reads IPTC-IIM out of a Photoshop resource block (JPEG APP13) or bare. Pure; what cannot be read is left out."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

from tintype.imaging.text import clean

TITLE, KEYWORD, DATE, TIME, CAPTION = 5, 25, 55, 60, 120
_RESOURCE: Final = b"8BIM"
_IPTC_RESOURCE: Final = 0x0404
_MOST_VALUES: Final = 500


def read_iptc(blob: bytes) -> Mapping[int, tuple[str, ...]]:
    """Data set number of record 2 to its values, cleaned."""
    data = _records(blob)
    found: dict[int, list[str]] = {}
    at = 0
    for _ in range(_MOST_VALUES):
        if at + 5 > len(data) or data[at] != 0x1C:
            break
        record, data_set, size = struct.unpack_from(">BBH", data, at + 1)
        if size & 0x8000:  # an extended length: longer than any text
            break
        if record == 2 and (text := clean(data[at + 5 : at + 5 + size], longest=5000)):
            found.setdefault(data_set, []).append(text)
        at += 5 + size
    return {data_set: tuple(values) for data_set, values in found.items()}


def _records(blob: bytes) -> bytes:
    """Walk the resources to IPTC's; a blob that starts with a record is one already."""
    if blob[:1] == b"\x1c":
        return blob
    at = blob.find(_RESOURCE)
    while 0 <= at <= len(blob) - 12 and blob[at : at + 4] == _RESOURCE:
        (resource,) = struct.unpack_from(">H", blob, at + 4)
        name_end = at + 6 + (blob[at + 6] + 2 & ~1)  # a Pascal string, padded to an even length
        if name_end + 4 > len(blob):
            break
        (size,) = struct.unpack_from(">I", blob, name_end)
        start = name_end + 4
        if resource == _IPTC_RESOURCE:
            return blob[start : start + size]
        at = start + (size + 1 & ~1)
    return b""
