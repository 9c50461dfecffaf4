"""Opens a picture and shrinks it while it decodes: libvips, and pi-heif and Pillow for what its build lacks."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from mmap import mmap
from typing import IO, Final, TypeAlias, cast

import pi_heif
import pyvips
from PIL import Image

from tintype.imaging.metadata import Blocks
from tintype.imaging.ports import PREVIEW_PX, MediaFormat

Source: TypeAlias = "bytes | mmap"

pyvips.block_untrusted_set(True)  # whoever imports this: libvips keeps to loaders that it calls safe for any file
# Pillow's own limit stays, and its warning below that is an error: larger pictures of its formats end here.
warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.preinit()  # before the sandbox closes the file system
pi_heif.options.DECODE_THREADS = 1  # each sandbox is one decoder; more threads would take the other's core
pi_heif.options.THUMBNAILS = False
pi_heif.options.DEPTH_IMAGES = False
pi_heif.options.AUX_IMAGES = False

_LOSSLESS_RGB: Final = frozenset({"RGB", "L", "P", "1"})


@dataclass(frozen=True, slots=True)
class Header:
    """What opening told, before any pixel: the size as stored, and what the file says of itself."""

    width_px: int
    height_px: int
    blocks: Blocks
    upright: bool = False  # the container turned size and pixels already; its EXIF only repeats the orientation


def read_header(data: Source, media: MediaFormat) -> Header:
    """Open without decoding. Raises what the decoder raises."""
    if media is MediaFormat.HEIC:
        heif = _open_heif(data)
        width, height = heif.size
        return Header(width, height, Blocks(_bytes(heif.info.get("exif")), _bytes(heif.info.get("xmp"))), upright=True)
    if media is MediaFormat.BMP:
        with Image.open(_file(data), formats=["BMP"]) as bitmap:
            return Header(bitmap.width, bitmap.height, Blocks())
    header = pyvips.Image.new_from_source(pyvips.Source.new_from_memory(data), "", access="sequential")
    exif = data if media is MediaFormat.TIFF else _field(header, "exif-data")  # a TIFF is its own EXIF block
    blocks = Blocks(exif, _field(header, "xmp-data"), _field(header, "iptc-data"))
    return Header(header.width, header.height, blocks, upright=media is MediaFormat.AVIF)


def shrink(data: Source, media: MediaFormat, *, longest_px: int) -> pyvips.Image:
    """Decode once, to PREVIEW_PX at most, as stored; colours are still the file's. Raises what the decoder raises."""
    if media is MediaFormat.HEIC:
        return _shrink_pillow(_open_heif(data).to_pillow())
    if media is MediaFormat.BMP:
        with Image.open(_file(data), formats=["BMP"]) as bitmap:
            return _shrink_pillow(bitmap)
    # A cut-off file is an error, a mere warning is not: many cameras write what decoders warn of. Not thumbnail_source:
    # it has the option and does not pass it on to the decode.
    options: dict[str, int | str] = {"access": "sequential", "fail_on": "truncated"}
    if media is MediaFormat.JPEG:
        options["shrink"] = _jpeg_shrink(longest_px)
    image = pyvips.Image.new_from_source(pyvips.Source.new_from_memory(data), "", **options)
    return image.thumbnail_image(PREVIEW_PX, height=PREVIEW_PX, size="down", no_rotate=True).copy_memory()


def _jpeg_shrink(longest_px: int) -> int:
    """The most that the decoder may shrink by itself and still leave PREVIEW_PX: a sixth less work at 12 megapixels."""
    return next(shrink for shrink in (8, 4, 2, 1) if shrink == 1 or longest_px >= shrink * PREVIEW_PX)


def _shrink_pillow(image: Image.Image) -> pyvips.Image:
    profile = image.info.get("icc_profile")
    alpha = image.mode not in _LOSSLESS_RGB or "transparency" in image.info
    pixels = image.convert("RGBA" if alpha else "RGB")
    pixels.thumbnail((PREVIEW_PX, PREVIEW_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    shrunk = pyvips.Image.new_from_memory(
        pixels.tobytes(), pixels.width, pixels.height, 4 if alpha else 3, "uchar"
    ).copy(interpretation="srgb")
    if isinstance(profile, bytes) and profile:
        shrunk.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return shrunk


def _open_heif(data: Source) -> pi_heif.HeifFile:
    return pi_heif.open_heif(_file(data), convert_hdr_to_8bit=True)


def _file(data: Source) -> IO[bytes]:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    data.seek(0)
    return cast("IO[bytes]", data)  # a map reads like a file


def _field(image: pyvips.Image, name: str) -> bytes:
    return _bytes(image.get(name)) if image.get_typeof(name) else b""


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
