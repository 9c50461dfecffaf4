"""The boxes of ISO base media files (HEIC, AVIF), as far as brands and sizes need them. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from tintype.imaging.headers import BadHeader, Size, Truncated, take

_MOST_BOXES: Final = 4096  # a phone's HEIC has some 100 properties
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})


def brand(head: bytes) -> str:
    """`avif`, `heic`, or the major brand of a file that is neither (`isom`, `qt`, `crx`)."""
    size = struct.unpack(">I", take(head, 0, 4))[0]
    body = head[8 : min(size, len(head), 256)]
    brands = [body[:4], *(body[at : at + 4] for at in range(8, len(body) - 3, 4))]
    for candidate in brands:  # the major brand first: an AVIF may list heic's structure as compatible
        if candidate in _AVIF_BRANDS:
            return "avif"
        if candidate in _HEIC_BRANDS:
            return "heic"
    if body[:4] in (b"mif1", b"msf1"):  # only the structure is told; the item's codec is in `meta`
        return "avif" if b"av01" in head[:4096] else "heic"
    return brands[0].decode("ascii", "replace").strip().lower()


def heif_size(head: bytes) -> Size:
    """The largest of the item sizes: of a grid that is the whole, beside tiles, thumbnails and depth maps."""
    start, end = _find(head, 0, None, b"meta")
    start, end = _find(head, start + 4, end, b"iprp")
    start, end = _find(head, start, end, b"ipco")
    take(head, end - 1, 1)
    sizes = [
        struct.unpack(">II", take(head, at + 4, 8))
        for kind, at, stop in _boxes(head, start, end)
        if kind == b"ispe" and stop - at >= 12
    ]
    if not sizes:
        raise BadHeader("no item has a size")
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return width, height


def _find(head: bytes, start: int, end: int | None, wanted: bytes) -> tuple[int, int]:
    for kind, at, stop in _boxes(head, start, end):
        if kind == wanted:
            return at, stop
    raise BadHeader(f"there is no box '{wanted.decode()}'")


def _boxes(head: bytes, start: int, end: int | None) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, start of the body, end) of each box; at the top level `end` is not known."""
    for _ in range(_MOST_BOXES):
        if end is not None and start + 8 > end:
            return
        size, kind = struct.unpack(">I4s", take(head, start, 8))
        body = start + 8
        if size == 1:
            size = struct.unpack(">Q", take(head, body, 8))[0]
            body += 8
        if size == 0:  # to the end of the file, which is no place for what is looked for here
            raise BadHeader("a box is open-ended")
        if size < body - start or (end is not None and start + size > end):
            raise BadHeader("a box is larger than what it lies in")
        yield kind, body, start + size
        start += size
    raise Truncated(start) if end is None else BadHeader("there are too many boxes")
