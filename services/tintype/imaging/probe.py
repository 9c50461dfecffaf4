"""What a file is, by its first bytes and its name. Pure; the allowlist of formats is here."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Final

from tintype.imaging import boxes, headers
from tintype.imaging.headers import BadHeader, Size, Truncated
from tintype.imaging.ports import ImageTooLarge, MediaFormat, MoreBytes, Probe, UnsupportedMedia

FARTHEST_HEADER: Final = 16 * 2**20  # a TIFF's directory may lie at the very end: then the size stays 0 until decoding
_POLYGLOT_BYTES: Final = 1024  # where readers of PDF and HTML look for their own marks

_SIZES: Final[Mapping[MediaFormat, Callable[[bytes], Size]]] = {
    MediaFormat.JPEG: headers.jpeg_size,
    MediaFormat.PNG: headers.png_size,
    MediaFormat.WEBP: headers.webp_size,
    MediaFormat.GIF: headers.gif_size,
    MediaFormat.TIFF: headers.tiff_size,
    MediaFormat.BMP: headers.bmp_size,
    MediaFormat.HEIC: boxes.heif_size,
    MediaFormat.AVIF: boxes.heif_size,
}
# Phones and exports give pictures the extension of another format, so a name only says that it is a picture.
_EXTENSIONS: Final = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "jif", "mpo", "png", "apng", "webp", "gif", "tif", "tiff", "bmp", "dib"}
    | {"heif", "heifs", "hif", "heic", "heics", "avif", "avifs"}
)
_REFUSED: Final[Mapping[bytes, str]] = {  # only so that the refusal can say what it is
    b"%PDF": "pdf",
    b"8BPS": "psd",
    b"%!PS": "eps",
    b"\xc5\xd0\xd3\xc6": "eps",
    b"\x00\x00\x00\x0cjP": "jpeg2000",
    b"\xff\x4f\xff\x51": "jpeg2000",
    b"\xff\x0a": "jpegxl",
    b"\x00\x00\x00\x0cJXL": "jpegxl",
    b"\x00\x00\x01\x00": "ico",
    b"\x00\x00\x02\x00": "cur",
    b"\x01\xda": "sgi",
    b"DDS ": "dds",
    b"PK\x03\x04": "zip",
    b"icns": "icns",
    b"\x1aE\xdf\xa3": "matroska",
}
# What a browser would run. Other XML lies in many photos: XMP, and the page formats that Photoshop keeps on a Mac.
_MARKUP: Final = re.compile(rb"<(script|html|!doctype\s+(html|svg)|svg|\?php)", re.IGNORECASE)
_UNKNOWN: Final = "unknown"
_EXTENSION: Final = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,9})\Z")


def probe(head: bytes, *, file_name: str, complete: bool, most_pixels: int) -> Probe | MoreBytes:
    """See Imaging.probe."""
    found = detect(head)
    if found is None:
        kind = describe(head)
        raise _unsupported(f"this is no picture of a known format{_in_brackets(kind)}", kind)
    check_name(file_name)
    _check_polyglot(head)
    try:
        width, height = _SIZES[found](head)
    except Truncated as truncated:
        if complete:
            raise _unsupported("the header is cut off", found.name.lower()) from None
        if truncated.needed_bytes > FARTHEST_HEADER:
            return Probe(found, 0, 0)
        return MoreBytes(min(max(2 * len(head), truncated.needed_bytes), FARTHEST_HEADER))
    except (BadHeader, struct.error) as error:
        raise _unsupported(f"the header cannot be read: {error}", found.name.lower()) from None
    if width < 1 or height < 1:
        raise _unsupported("the header says a picture without pixels", found.name.lower())
    check_pixels(width, height, most_pixels)
    return Probe(found, width, height)


def check_pixels(width_px: int, height_px: int, most_pixels: int) -> None:
    """Raises ImageTooLarge."""
    if (pixels := width_px * height_px) > most_pixels:
        raise ImageTooLarge(
            f"the picture has {pixels} pixels, more than {most_pixels}", pixels=str(pixels), limit=str(most_pixels)
        )


def detect(head: bytes) -> MediaFormat | None:
    """The format by its magic number; None for all that is not taken in."""
    if head.startswith(b"\xff\xd8\xff"):
        return MediaFormat.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaFormat.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return MediaFormat.GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return MediaFormat.WEBP
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return MediaFormat.TIFF
    if head[4:8] == b"ftyp":
        return {"avif": MediaFormat.AVIF, "heic": MediaFormat.HEIC}.get(boxes.brand(head))
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return MediaFormat.BMP
    return None


def describe(head: bytes) -> str:
    """A word for what is refused: `svg`, `pdf`, `mp4`, `empty`, `unknown`."""
    if not head:
        return "empty"
    for magic, name in _REFUSED.items():
        if head.startswith(magic):
            return name
    if head[4:8] == b"ftyp":
        return "video"
    text = head[:_POLYGLOT_BYTES].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").lower()
    if text.startswith(b"<"):
        return "svg" if b"<svg" in text else "html" if b"<html" in text or b"<!doctype html" in text else "xml"
    return _UNKNOWN


def _in_brackets(kind: str) -> str:
    return "" if kind == _UNKNOWN else f" ({kind})"


def check_name(file_name: str) -> None:
    """See Imaging.check_name."""
    match = _EXTENSION.search(PurePath(file_name).name)
    if match is not None and (extension := match[1].lower()) not in _EXTENSIONS:
        raise _unsupported(f"no picture has a name that ends in .{extension}", extension)


def _check_polyglot(head: bytes) -> None:
    start = head[:_POLYGLOT_BYTES]
    if b"%PDF-" in start or _MARKUP.search(start):
        raise _unsupported("the picture carries another document in its header", "polyglot")


def _unsupported(message: str, detected: str) -> UnsupportedMedia:
    return UnsupportedMedia(message, detected=detected)
