"""One decode from bytes to everything that was asked for. Runs in the sandbox; unit tests may run it in the process."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Final

import pyvips
from PIL import Image

from tintype.imaging.derive import derive, finish, vary
from tintype.imaging.loaders import Source, read_header, shrink
from tintype.imaging.metadata import read_metadata
from tintype.imaging.ports import Decoded, DecodeFailed, MediaFormat, Request
from tintype.imaging.probe import check_pixels
from tintype.imaging.text import clean

_LONGEST_REASON: Final = 200
_TURNED: Final = frozenset({5, 6, 7, 8})  # orientations that swap width and height

# What libvips, Pillow and pi-heif raise for bytes that they cannot read.
_REFUSALS: Final = (
    pyvips.Error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    RuntimeError,
    IndexError,
    KeyError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
)

pyvips.cache_set_max(0)  # every picture comes once


def decode(data: Source, media: MediaFormat, request: Request, *, most_pixels: int) -> Decoded:
    """See Imaging.process. The size of the header is checked again: it may have lain too far for the probe."""
    try:
        header = read_header(data, media)
        check_pixels(header.width_px, header.height_px, most_pixels)
        metadata = read_metadata(header.blocks)
        turn = 1 if header.upright else metadata.orientation
        width, height = header.width_px, header.height_px
        if turn in _TURNED:
            width, height = height, width
        bare = Decoded(media, width, height, metadata)
        if not (request.derived or request.preview or request.variants):
            return bare
        pixels = finish(shrink(data, media, longest_px=max(width, height)), turn)
        return replace(
            bare,
            derived=derive(pixels) if request.derived else None,
            preview=pixels if request.preview else None,
            variants={name: vary(pixels, variant) for name, variant in request.variants.items()},
        )
    except _REFUSALS as error:
        raise DecodeFailed(f"the decoder refused the picture: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    """The last line that the decoder wrote: libvips gathers them, and the last one is nearest to the cause."""
    text = error.detail if isinstance(error, pyvips.Error) else str(error)
    lines = [line for line in clean(text or "", longest=4000).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:_LONGEST_REASON]
