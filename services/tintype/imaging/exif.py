"""Reads the directories of EXIF: a TIFF structure that cameras, editors and attackers fill as they like.

Nothing here raises on bad input: what cannot be read is left out. Pure.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from mmap import mmap
from typing import Final, TypeAlias

from tintype.imaging.text import clean

Bytes: TypeAlias = "bytes | mmap"  # a TIFF is its own EXIF block, and may be large
Value: TypeAlias = "bytes | tuple[float, ...]"  # text and undefined as bytes, every number as float; NaN for n/0

_EXIF_DIRECTORY: Final = 0x8769
_GPS_DIRECTORY: Final = 0x8825
_MOST_ENTRIES: Final = 1000  # a directory of a real file has below 100
_MOST_VALUES: Final = 4096  # what is longer is a maker's note or a picture, and none of ours
_LONGEST_TEXT: Final = 64 * 1024
_NUMBERS: Final[Mapping[int, str]] = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I"}
_RATIONALS: Final[Mapping[int, str]] = {5: "I", 10: "i"}
_TEXTS: Final = frozenset({2, 7})


@dataclass(frozen=True, slots=True)
class Exif:
    """The tags of the three directories that photos have, by number."""

    image: Mapping[int, Value] = field(default_factory=dict)
    photo: Mapping[int, Value] = field(default_factory=dict)
    gps: Mapping[int, Value] = field(default_factory=dict)


def read_exif(blob: Bytes) -> Exif:
    """Read an EXIF block, with or without its `Exif\\0\\0` in front, or the start of a TIFF file."""
    data = blob[6:] if blob[:5] == b"Exif\0" else blob
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
    if order is None or len(data) < 8:
        return Exif()
    image = _directory(data, struct.unpack_from(order + "I", data, 4)[0], order)
    return Exif(image, _linked(data, image, _EXIF_DIRECTORY, order), _linked(data, image, _GPS_DIRECTORY, order))


def number(tags: Mapping[int, Value], tag: int) -> float | None:
    """The first number of a tag, if it is finite; text that is a number counts."""
    value = tags.get(tag)
    if isinstance(value, bytes):
        try:
            found = float(value.strip(b"\0 ").decode("ascii"))
        except ValueError:
            return None
    elif value:
        found = value[0]
    else:
        return None
    return found if math.isfinite(found) else None


def numbers(tags: Mapping[int, Value], tag: int) -> tuple[float, ...]:
    """All numbers of a tag, NaN where one is no number; empty without the tag."""
    value = tags.get(tag, ())
    return () if isinstance(value, bytes) else value


def text(tags: Mapping[int, Value], tag: int, *, longest: int = 200) -> str:
    """The text of a tag, cleaned; empty without the tag."""
    value = tags.get(tag, b"")
    return clean(value, longest=longest) if isinstance(value, bytes) else ""


def _linked(data: Bytes, image: Mapping[int, Value], tag: int, order: str) -> Mapping[int, Value]:
    offset = number(image, tag)
    return {} if offset is None else _directory(data, int(offset), order)


def _directory(data: Bytes, offset: int, order: str) -> dict[int, Value]:
    if offset < 8 or offset + 2 > len(data):
        return {}
    (count,) = struct.unpack_from(order + "H", data, offset)
    tags: dict[int, Value] = {}
    for at in range(offset + 2, offset + 2 + 12 * min(count, _MOST_ENTRIES), 12):
        if at + 12 > len(data):
            break
        tag, kind, length = struct.unpack_from(order + "HHI", data, at)
        value = _value(data, at + 8, kind, length, order)
        if value is not None:
            tags.setdefault(tag, value)
    return tags


def _value(data: Bytes, at: int, kind: int, length: int, order: str) -> Value | None:
    if kind in _TEXTS:
        length = min(length, _LONGEST_TEXT)
        return bytes(data[start : start + length]) if (start := _start(data, at, length, order)) is not None else None
    code = _NUMBERS.get(kind) or _RATIONALS.get(kind)
    if code is None or not 0 < length <= _MOST_VALUES:
        return None
    per_value = 2 if kind in _RATIONALS else 1
    size = struct.calcsize(code) * length * per_value
    start = _start(data, at, size, order)
    if start is None or start + size > len(data):
        return None
    raw = struct.unpack_from(f"{order}{length * per_value}{code}", data, start)
    if per_value == 1:
        return tuple(float(value) for value in raw)
    return tuple(top / bottom if bottom else math.nan for top, bottom in zip(raw[::2], raw[1::2], strict=True))


def _start(data: Bytes, at: int, size: int, order: str) -> int | None:
    """Where a value lies: in its entry if it fits there, else at the offset that the entry holds."""
    if size <= 4:
        return at
    start = int(struct.unpack_from(order + "I", data, at)[0])
    return start if start < len(data) else None
