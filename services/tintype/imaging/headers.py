"""Width and height out of the first bytes of a file, format by format. Pure; nothing is decoded."""

from __future__ import annotations

import struct
from typing import Final, TypeAlias

Size: TypeAlias = tuple[int, int]  # width, height, as stored

_JPEG_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # SOF0 to SOF15 without DHT, JPG, DAC
_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length


class Truncated(Exception):
    """The header goes on beyond the bytes at hand, at least to `needed_bytes`."""

    def __init__(self, needed_bytes: int) -> None:
        super().__init__(needed_bytes)
        self.needed_bytes = needed_bytes


class BadHeader(Exception):
    """The header contradicts its format."""


def take(head: bytes, offset: int, size: int) -> bytes:
    """Bytes of the header. Raises Truncated where they are not there yet."""
    if offset + size > len(head):
        raise Truncated(offset + size)
    return head[offset : offset + size]


def jpeg_size(head: bytes) -> Size:
    """Walk the segments to the frame header: metadata before it may be megabytes long."""
    offset = 2
    while True:
        marker, code = take(head, offset, 2)
        if marker != 0xFF or code == 0xFF:  # garbage or fill bytes: decoders skip to the next marker, so do we
            offset = _next_marker(head, offset + 1)
        elif code in _JPEG_BARE:
            offset += 2
        elif code in (0xD9, 0xDA):
            raise BadHeader("the picture starts without a frame header")
        elif code in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", take(head, offset + 5, 4))
            return width, height
        else:
            (length,) = struct.unpack(">H", take(head, offset + 2, 2))
            if length < 2:
                raise BadHeader("a segment is shorter than its own length field")
            offset += 2 + length


def _next_marker(head: bytes, start: int) -> int:
    if (found := head.find(b"\xff", start)) < 0:
        raise Truncated(len(head) + 1)
    return found


def png_size(head: bytes) -> Size:
    """IHDR is always first."""
    if take(head, 12, 4) != b"IHDR":
        raise BadHeader("the first chunk is not IHDR")
    width, height = struct.unpack(">II", take(head, 16, 8))
    return width, height


def gif_size(head: bytes) -> Size:
    """The logical screen; a frame may not leave it."""
    width, height = struct.unpack("<HH", take(head, 6, 4))
    return width, height


def webp_size(head: bytes) -> Size:
    """Of VP8X the canvas, else of the one bitstream."""
    kind = take(head, 12, 4)
    if kind == b"VP8X":
        body = take(head, 24, 6)
        return int.from_bytes(body[:3], "little") + 1, int.from_bytes(body[3:], "little") + 1
    if kind == b"VP8L":
        if take(head, 20, 1) != b"\x2f":
            raise BadHeader("the lossless bitstream has no signature")
        bits = int.from_bytes(take(head, 21, 4), "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        if take(head, 23, 3) != b"\x9d\x01\x2a":
            raise BadHeader("the lossy bitstream has no key frame")
        width, height = struct.unpack("<HH", take(head, 26, 4))
        return width & 0x3FFF, height & 0x3FFF
    raise BadHeader("the first chunk is no picture")


def bmp_size(head: bytes) -> Size:
    """Old headers have 16-bit sizes; a negative height is a picture stored from the top."""
    (header_size,) = struct.unpack("<I", take(head, 14, 4))
    if header_size == 12:
        width, height = struct.unpack("<HH", take(head, 18, 4))
        return width, height
    if not 40 <= header_size <= 128 and header_size not in (16, 64):
        raise BadHeader("the header has no known length")
    width, height = struct.unpack("<ii", take(head, 18, 8))
    return width, abs(height)


def tiff_size(head: bytes) -> Size:
    """Of the first directory, which libraries like to write after the pixels."""
    order = "<" if head[:2] == b"II" else ">"
    (version,) = struct.unpack(order + "H", take(head, 2, 2))
    big = version == 43
    offset = struct.unpack(order + ("Q" if big else "I"), take(head, 8 if big else 4, 8 if big else 4))[0]
    count = struct.unpack(order + ("Q" if big else "H"), take(head, offset, 8 if big else 2))[0]
    if not 0 < count <= 4096:
        raise BadHeader("the first directory has an impossible number of entries")
    entry_size, start = (20, offset + 8) if big else (12, offset + 2)
    entries = take(head, start, count * entry_size)
    found: dict[int, int] = {}
    for at in range(0, len(entries), entry_size):
        tag, kind = struct.unpack(order + "HH", entries[at : at + 4])
        if tag in (256, 257):
            value = entries[at + (12 if big else 8) : at + entry_size]
            found[tag] = _tiff_number(value, kind, order)
    if len(found) != 2:
        raise BadHeader("the first directory has no width or no height")
    return found[256], found[257]


def _tiff_number(value: bytes, kind: int, order: str) -> int:
    code = {1: "B", 3: "H", 4: "I", 16: "Q"}.get(kind)
    if code is None or struct.calcsize(code) > len(value):
        raise BadHeader("width or height is no number")
    return int(struct.unpack_from(order + code, value)[0])
