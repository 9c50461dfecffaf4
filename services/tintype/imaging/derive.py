"""From one shrunk decode to everything that is made of it: preview, thumbnail, ThumbHash, arrays for models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyvips
from PIL import Image

from tintype.imaging.ports import THUMBNAIL_PX, CentreCrop, Derived, FitWithin, Variant
from tintype.imaging.thumbhash import LONGEST_SIDE_PX, thumbhash

if TYPE_CHECKING:
    from tintype.imaging.ports import RgbImage

PREVIEW_QUALITY: Final = 82  # 0.6 MB for a detailed picture; 85 costs a tenth more bytes for nothing that is seen
THUMBNAIL_QUALITY: Final = 80
_WHITE: Final = [255, 255, 255]
_TURNS: Final = {3: "d180", 6: "d90", 8: "d270", 5: "d90", 7: "d270"}  # clockwise
_MIRRORED: Final = frozenset({2, 4, 5, 7})


def finish(shrunk: pyvips.Image, orientation: int) -> RgbImage:
    """Make 8-bit sRGB of whatever was decoded, flatten it onto white and turn it upright."""
    image = _to_srgb(shrunk)
    if image.hasalpha():
        image = image.flatten(background=_WHITE)
    image = _turn(image.cast("uchar"), orientation)
    return np.frombuffer(image.write_to_memory(), dtype=np.uint8).reshape(image.height, image.width, 3)


def derive(pixels: RgbImage) -> Derived:
    """Encode what people see; nothing but pixels goes in, so no metadata can come out."""
    preview = _as_vips(pixels)
    thumbnail = preview.thumbnail_image(THUMBNAIL_PX, height=THUMBNAIL_PX, size="down").copy_memory()
    tiny = thumbnail.thumbnail_image(LONGEST_SIDE_PX, height=LONGEST_SIDE_PX, size="down")
    return Derived(
        preview_jpeg=preview.jpegsave_buffer(Q=PREVIEW_QUALITY, keep="none"),
        thumbnail_jpeg=thumbnail.jpegsave_buffer(Q=THUMBNAIL_QUALITY, keep="none"),
        thumbhash=thumbhash(np.asarray(tiny.numpy(), dtype=np.uint8)),
    )


def vary(pixels: RgbImage, variant: Variant) -> RgbImage:
    """Resize for a model. Every way of shrinking averages all pixels that it leaves out."""
    height, width = pixels.shape[:2]
    if isinstance(variant, FitWithin):
        if max(height, width) <= variant.size_px:
            return pixels
        image = _as_vips(pixels).thumbnail_image(variant.size_px, height=variant.size_px, size="down")
        return np.asarray(image.numpy(), dtype=np.uint8)
    if isinstance(variant, CentreCrop):
        side = min(height, width)
        left, top = (width - side) / 2, (height - side) / 2
        return _resize(pixels, variant.size_px, variant.size_px, (left, top, left + side, top + side))
    return _resize(pixels, variant.width_px, variant.height_px, (0, 0, width, height))


def _resize(pixels: RgbImage, width: int, height: int, box: tuple[float, float, float, float]) -> RgbImage:
    image = Image.fromarray(pixels)
    # reducing_gap halves the cost by averaging whole pixels first where at least twice too many are left.
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=box, reducing_gap=2.0))


def _to_srgb(image: pyvips.Image) -> pyvips.Image:
    """By the embedded profile if there is one that can be used, else by what the file says its numbers are."""
    if image.get_typeof("icc-profile-data"):
        try:
            return image.icc_transform("srgb", embedded=True, depth=8).copy_memory()
        except pyvips.Error:  # a broken profile, or one of another colour space: the picture is worth more
            image = image.copy()
            image.remove("icc-profile-data")
    return image.colourspace("srgb")


def _turn(image: pyvips.Image, orientation: int) -> pyvips.Image:
    """Apply EXIF orientation: first the turn, then the mirror."""
    if turn := _TURNS.get(orientation):
        image = image.copy_memory().rot(turn)
    if orientation == 4:
        return image.flipver()
    return image.fliphor() if orientation in _MIRRORED else image


def _as_vips(pixels: RgbImage) -> pyvips.Image:
    height, width = pixels.shape[:2]
    return pyvips.Image.new_from_memory(pixels, width, height, 3, "uchar").copy(interpretation="srgb")
