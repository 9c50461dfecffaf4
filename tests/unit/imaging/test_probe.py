"""Headers: formats, sizes, and what is refused before any decode."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.imaging.pictures import encoded, quadrants

from tintype.imaging.ports import ImageTooLarge, MediaFormat, MoreBytes, Probe, UnsupportedMedia
from tintype.imaging.probe import FARTHEST_HEADER, probe

LIMIT = 200_000_000


def _probe(head: bytes, file_name: str = "", *, complete: bool = True) -> Probe | MoreBytes:
    return probe(head, file_name=file_name, complete=complete, most_pixels=LIMIT)


@pytest.mark.parametrize(
    ("kind", "expected", "name"),
    [
        ("JPEG", MediaFormat.JPEG, "a.JPG"),
        ("PNG", MediaFormat.PNG, "a.png"),
        ("GIF", MediaFormat.GIF, "a.gif"),
        ("BMP", MediaFormat.BMP, "a.bmp"),
        ("TIFF", MediaFormat.TIFF, "a.tif"),
        ("WEBP", MediaFormat.WEBP, "a.webp"),
        ("AVIF", MediaFormat.AVIF, "a.avif"),
    ],
)
def test_format_and_size_come_from_the_header(kind: str, expected: MediaFormat, name: str) -> None:
    assert _probe(encoded(quadrants(70, 50), kind), name) == Probe(expected, 70, 50)


def test_lossless_webp_has_its_size_too() -> None:
    assert _probe(encoded(quadrants(33, 21), "WEBP", lossless=True)) == Probe(MediaFormat.WEBP, 33, 21)


def test_a_long_exif_block_before_the_frame_asks_for_more_bytes() -> None:
    picture = encoded(quadrants())
    long_segment = b"\xff\xe2" + struct.pack(">H", 60_002) + bytes(60_000)
    data = picture[:2] + long_segment * 3 + picture[2:]
    result = _probe(data[:65_536], complete=False)
    assert isinstance(result, MoreBytes)
    assert result.needed_bytes > 65_536
    assert _probe(data[: 4 * 65_536], complete=False) == Probe(MediaFormat.JPEG, 64, 48)


def test_garbage_between_segments_is_skipped_as_decoders_do() -> None:
    picture = encoded(quadrants())
    assert _probe(picture[:2] + b"\xff\xe1\x00\x04ab" + b"junk" + picture[2:]) == Probe(MediaFormat.JPEG, 64, 48)


def test_a_tiff_directory_far_behind_the_pixels_leaves_the_size_to_the_decoder() -> None:
    head = b"II*\0" + struct.pack("<I", FARTHEST_HEADER + 1) + bytes(100)
    assert _probe(head, complete=False) == Probe(MediaFormat.TIFF, 0, 0)


@pytest.mark.parametrize(
    ("head", "detected"),
    [
        (b"", "empty"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html>", "html"),
        (b"<a/>", "xml"),
        (b"%PDF-1.7", "pdf"),
        (b"8BPS\0\1", "psd"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "eps"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41", "video"),
        (b"just some text", "unknown"),
    ],
)
def test_what_is_no_photo_is_refused_by_name(head: bytes, detected: str) -> None:
    with pytest.raises(UnsupportedMedia) as caught:
        _probe(head)
    assert caught.value.metadata["detected"] == detected


@pytest.mark.parametrize("name", ["a.jpg.php", "a.svg", "a.html", "a.mp4"])
def test_a_name_that_says_something_else_than_a_picture_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedMedia):
        _probe(encoded(quadrants()), name)


@pytest.mark.parametrize("name", ["", "photo", "Summer 2.3", "folder.png/photo", ".hidden.JPEG", "a.png", "IMG_1.HEIC"])
def test_a_picture_is_what_its_bytes_say_under_any_name_of_a_picture(name: str) -> None:
    found = _probe(encoded(quadrants()), name)
    assert isinstance(found, Probe)
    assert found.format is MediaFormat.JPEG


def test_a_picture_that_is_a_document_too_is_refused() -> None:
    with pytest.raises(UnsupportedMedia):
        _probe(encoded(quadrants(), comment=b"%PDF-1.4 1 0 obj"))
    with pytest.raises(UnsupportedMedia):
        _probe(encoded(quadrants(), comment=b"<script>alert(1)</script>"))


def test_xml_that_photo_programs_write_is_no_document() -> None:
    plist = b'<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"><plist version="1.0"/>'
    assert isinstance(_probe(encoded(quadrants(), comment=plist)), Probe)


def test_too_many_pixels_are_refused_from_the_header_alone() -> None:
    head = bytearray(encoded(quadrants(), "PNG"))
    struct.pack_into(">II", head, 16, 65_000, 65_000)
    with pytest.raises(ImageTooLarge) as caught:
        _probe(bytes(head))
    assert caught.value.metadata == {"pixels": "4225000000", "limit": "200000000"}


def test_a_picture_without_pixels_is_refused() -> None:
    head = bytearray(encoded(quadrants(), "PNG"))
    struct.pack_into(">II", head, 16, 0, 10)
    with pytest.raises(UnsupportedMedia):
        _probe(bytes(head))


MAGICS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"II*\0",
    b"MM\0+",
    b"BM\0\0\0\0\0\0\0\0",
    b"\0\0\0\x18ftypheic",
)


@given(st.sampled_from(MAGICS), st.binary(max_size=300), st.booleans())
def test_any_bytes_end_in_an_answer(magic: bytes, rest: bytes, complete: bool) -> None:
    try:
        result = _probe(magic + rest, complete=complete)
    except (UnsupportedMedia, ImageTooLarge):
        return
    if isinstance(result, MoreBytes):
        assert not complete
        assert len(magic + rest) < result.needed_bytes <= FARTHEST_HEADER


@given(st.integers(0, 2000), st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "AVIF"]))
def test_any_cut_of_a_picture_asks_for_more_or_knows_its_size(cut: int, kind: str) -> None:
    data = encoded(quadrants(), kind)
    if cut < 32 or cut >= len(data):
        return
    result = _probe(data[:cut], complete=False)
    assert isinstance(result, MoreBytes) or (result.width_px, result.height_px) == (64, 48)
