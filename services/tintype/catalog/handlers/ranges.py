"""Ranges and conditions of HTTP requests (RFC 9110)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ONE_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A run of bytes of a file."""

    start: int
    length: int


def range_of(header: str, *, size_bytes: int) -> ByteRange | None:
    """The one range that is asked for; None for the whole: no range, several, or one that cannot be read.

    Its length is 0 if nothing of the file lies in it.
    """
    found = _ONE_RANGE.match(header.replace(" ", ""))
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:  # the last so many bytes
        length = min(int(last), size_bytes)
        return ByteRange(size_bytes - length, length)
    start, end = int(first), min(int(last or size_bytes), size_bytes - 1)
    if last and int(last) < start:
        return None
    return ByteRange(start, max(0, end - start + 1))


def matches(header: str, etag: str) -> bool:
    """Whether If-None-Match names the etag, strongly or weakly."""
    named = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in named or etag in named
