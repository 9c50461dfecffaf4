"""From bytes to pictures: upright, sRGB, opaque, small, and without a word of metadata."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.unit.imaging.pictures import QUADRANTS, encoded, exif_block, quadrants, xmp_packet

from tintype.imaging.decode import decode
from tintype.imaging.ports import (
    CentreCrop,
    Decoded,
    DecodeFailed,
    FitWithin,
    ImageTooLarge,
    MediaFormat,
    Request,
    Stretch,
    Variant,
)
from tintype.imaging.probe import detect

PREVIEW = Request(preview=True)


def _decode(data: bytes, request: Request = PREVIEW) -> Decoded:
    media = detect(data)
    assert media is not None
    return decode(data, media, request, most_pixels=200_000_000)


def _corners(decoded: Decoded) -> list[tuple[int, ...]]:
    pixels = decoded.preview
    assert pixels is not None
    height, width = pixels.shape[:2]
    places = [(y, x) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    return [tuple(int(value) for value in pixels[place]) for place in places]


def _near(found: list[tuple[int, ...]], expected: list[tuple[int, ...]], tolerance: int = 12) -> bool:
    return bool(np.abs(np.array(found) - np.array(expected)).max() <= tolerance)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF"])
def test_every_format_gives_the_same_picture(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "AVIF" else {}
    decoded = _decode(encoded(quadrants(), kind, **options))
    assert (decoded.width_px, decoded.height_px) == (64, 48)
    assert _near(_corners(decoded), list(QUADRANTS))


@pytest.mark.parametrize(
    ("orientation", "order"),
    [
        (1, (0, 1, 2, 3)),
        (2, (1, 0, 3, 2)),
        (3, (3, 2, 1, 0)),
        (4, (2, 3, 0, 1)),
        (5, (0, 2, 1, 3)),
        (6, (2, 0, 3, 1)),
        (7, (3, 1, 2, 0)),
        (8, (1, 3, 0, 2)),
    ],
)
def test_orientation_is_applied_to_pixels_and_size(orientation: int, order: tuple[int, ...]) -> None:
    decoded = _decode(encoded(quadrants(), exif=exif_block({274: orientation})))
    assert _near(_corners(decoded), [QUADRANTS[index] for index in order])
    assert (decoded.width_px, decoded.height_px) == ((64, 48) if orientation < 5 else (48, 64))
    assert decoded.metadata.orientation == orientation


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (encoded(Image.new("L", (64, 48), 128), "PNG"), 128),
        (encoded(Image.new("1", (64, 48), 1), "PNG"), 255),
        (encoded(Image.new("P", (64, 48), 0), "PNG"), 0),
        (encoded(Image.new("LA", (64, 48), (128, 255)), "PNG"), 128),
        (encoded(Image.new("RGBA", (64, 48), (0, 0, 0, 0)), "PNG"), 255),
        (encoded(Image.new("P", (64, 48), 0), "PNG", transparency=0), 255),
        (encoded(Image.fromarray(np.full((48, 64), 0x8080, np.uint16)), "PNG"), 128),
        (encoded(Image.new("CMYK", (64, 48), (0, 0, 0, 0))), 255),
        (encoded(Image.new("CMYK", (64, 48), (0, 0, 0, 0)), "TIFF"), 255),
        (encoded(Image.new("L", (64, 48), 128)), 128),
    ],
    ids=[
        "grey",
        "one bit",
        "palette",
        "grey alpha",
        "alpha",
        "palette alpha",
        "16 bit",
        "cmyk",
        "cmyk tiff",
        "grey jpeg",
    ],
)
def test_every_kind_of_pixel_becomes_rgb(picture: bytes, expected: int) -> None:
    decoded = _decode(picture)
    assert decoded.preview is not None
    assert decoded.preview.shape == (48, 64, 3)
    assert np.abs(decoded.preview.astype(int) - expected).max() <= 3


def test_transparency_lies_on_white() -> None:
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 128))
    assert _near(_corners(_decode(encoded(image, "PNG"))), [(255, 127, 127)] * 4)


def test_an_embedded_profile_is_converted_to_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = _decode(encoded(quadrants(), icc_profile=lab))
    assert _near(_corners(same), list(QUADRANTS))


def test_a_broken_profile_costs_the_profile_not_the_picture() -> None:
    assert _near(_corners(_decode(encoded(quadrants(), "PNG", icc_profile=b"no profile" * 20))), list(QUADRANTS))


def test_derived_pictures_hold_no_metadata_and_are_small() -> None:
    block = exif_block({271: "SecretMaker"}, gps={1: "N", 2: (50.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)})
    picture = encoded(quadrants(3000, 2000), exif=block, xmp=xmp_packet("xmp:Rating='5'"), comment=b"SecretComment")
    derived = _decode(picture, Request()).derived
    assert derived is not None
    for data, longest in ((derived.preview_jpeg, 1440), (derived.thumbnail_jpeg, 256)):
        assert b"Secret" not in data
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            assert max(image.size) == longest
            assert not set(image.info) & {"exif", "xmp", "icc_profile", "comment"}
    assert 5 < len(derived.thumbhash) <= 25


def test_small_pictures_are_not_enlarged() -> None:
    derived = _decode(encoded(quadrants(100, 30)), Request()).derived
    assert derived is not None
    for data in (derived.preview_jpeg, derived.thumbnail_jpeg):
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            assert image.size == (100, 30)


def test_a_line_of_pixels_is_a_picture() -> None:
    derived = _decode(encoded(Image.new("RGB", (5000, 1), (1, 2, 3)), "PNG"), Request()).derived
    assert derived is not None


def test_models_get_the_sizes_they_ask_for() -> None:
    variants: dict[str, Variant] = {
        "clip": CentreCrop(224),
        "face": FitWithin(640),
        "small": FitWithin(5000),
        "any": Stretch(30, 90),
    }
    found = _decode(encoded(quadrants(900, 600)), Request(derived=False, variants=variants)).variants
    shapes = {name: array.shape for name, array in found.items()}
    assert shapes == {"clip": (224, 224, 3), "face": (427, 640, 3), "small": (600, 900, 3), "any": (90, 30, 3)}
    assert all(array.dtype == np.uint8 for array in found.values())


def test_a_centre_crop_leaves_out_both_ends_alike() -> None:
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, 100:200] = 255
    found = _decode(encoded(Image.fromarray(pixels), "PNG"), Request(False, variants={"x": CentreCrop(50)}))
    crop = found.variants["x"]
    assert crop[:, 2:-2].min() == 255
    assert np.array_equal(crop, crop[:, ::-1])


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    assert _near(_corners(_decode(buffer.getvalue())), [(250, 0, 0)] * 4)


def test_a_cut_off_picture_fails_with_the_decoders_reason() -> None:
    data = encoded(quadrants(400, 300))
    with pytest.raises(DecodeFailed, match="premature end"):
        _decode(data[: len(data) // 2])


def test_metadata_of_a_cut_off_picture_can_still_be_had() -> None:
    data = encoded(quadrants(400, 300), exif=exif_block({271: "Canon"}))
    decoded = _decode(data[: len(data) * 3 // 4], Request(derived=False))
    assert decoded.metadata.camera.make == "Canon"
    assert (decoded.width_px, decoded.height_px) == (400, 300)


def test_a_decoder_that_finds_more_pixels_than_the_limit_stops() -> None:
    with pytest.raises(ImageTooLarge):
        decode(encoded(quadrants(), "PNG"), MediaFormat.PNG, PREVIEW, most_pixels=100)
