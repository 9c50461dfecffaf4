"""What files say of themselves, and what they cannot make us believe."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.imaging.pictures import exif_block, iptc_block, xmp_packet

from tintype.imaging.cameras import normalise_make, normalise_model
from tintype.imaging.metadata import Blocks, read_metadata
from tintype.imaging.ports import CaptureTime, DateSource, GeoPoint, OffsetSource

ORIGINAL, DIGITIZED, OFFSET, OFFSET_ORIGINAL, SUBSEC_ORIGINAL = 36867, 36868, 36880, 36881, 37521
NOON = "2023:07:14 12:00:00"
AT_NOON = datetime(2023, 7, 14, 12)  # noqa: DTZ001  # a wall clock


def _time(image: dict[int, object] | None = None, **directories: dict[int, object]) -> CaptureTime | None:
    return read_metadata(Blocks(exif_block(image, **directories))).capture_time


def test_a_stated_offset_comes_with_its_time_and_fraction() -> None:
    found = _time(photo={ORIGINAL: NOON, OFFSET_ORIGINAL: "+02:00", SUBSEC_ORIGINAL: "04567"})
    expected = AT_NOON.replace(microsecond=45_000)
    assert found == CaptureTime(expected, DateSource.EXIF_ORIGINAL, 120, OffsetSource.FILE)


def test_without_any_offset_it_stays_unknown() -> None:
    assert _time(photo={ORIGINAL: NOON}) == CaptureTime(AT_NOON, DateSource.EXIF_ORIGINAL)


@pytest.mark.parametrize(
    ("gps_time", "offset"),
    [
        ((10.0, 0.0, 41.0), 120),  # a camera clock may be a minute off
        ((6.0, 15.0, 0.0), 345),  # Nepal
        ((10.0, 15.0, 0.0), None),  # no place has +01:45
        ((10.0, 6.0, 0.0), None),  # a fix of long ago says nothing
    ],
)
def test_gps_time_gives_the_offset_where_one_explains_the_difference(
    gps_time: tuple[float, float, float], offset: int | None
) -> None:
    found = _time(photo={ORIGINAL: NOON}, gps={29: "2023:07:14", 7: gps_time})
    assert found is not None
    assert found.utc_offset_minutes == offset
    assert found.offset_source is (OffsetSource.UNKNOWN if offset is None else OffsetSource.GPS_TIME)


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2023:13:14 12:00:00", "", "yesterday"])
def test_an_impossible_date_is_no_date(text: str) -> None:
    assert _time(photo={ORIGINAL: text}) is None


def test_the_time_of_the_last_write_is_used_last_and_says_so() -> None:
    assert _time({306: NOON}) == CaptureTime(AT_NOON, DateSource.EXIF_MODIFIED)
    with_xmp = Blocks(exif_block({306: NOON}), xmp_packet("xmp:CreateDate='2020-01-02T03:04:05.678-03:30'"))
    assert read_metadata(with_xmp).capture_time == CaptureTime(
        datetime(2020, 1, 2, 3, 4, 5, 678_000),  # noqa: DTZ001  # a wall clock
        DateSource.XMP,
        -210,
        OffsetSource.FILE,
    )


def test_gps_alone_gives_an_instant() -> None:
    found = _time(gps={29: "2023:07:14", 7: (12.0, 0.0, 0.0)})
    assert found == CaptureTime(AT_NOON, DateSource.GPS, 0, OffsetSource.FILE)


def test_iptc_gives_date_and_words() -> None:
    blocks = Blocks(
        iptc=iptc_block((55, b"20230714"), (60, b"120000+0100"), (25, b"lake"), (25, b"boat"), (5, b"Lund"))
    )
    metadata = read_metadata(blocks)
    assert metadata.capture_time == CaptureTime(AT_NOON, DateSource.IPTC, 60, OffsetSource.FILE)
    assert metadata.keywords == ("lake", "boat")
    assert metadata.title == "Lund"


def _point(latitude: object, longitude: object, north: str = "N", east: str = "E") -> GeoPoint | None:
    return read_metadata(Blocks(exif_block(gps={1: north, 2: latitude, 3: east, 4: longitude}))).location


def test_degrees_minutes_and_seconds_become_signed_degrees() -> None:
    point = _point((33.0, 51.0, 36.0), (151.0, 12.0, 36.0), north="S")
    assert point is not None
    assert (point.latitude_deg, point.longitude_deg) == pytest.approx((-33.86, 151.21))


@pytest.mark.parametrize(
    ("latitude", "longitude", "north"),
    [
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), "N"),
        ((91.0, 0.0, 0.0), (10.0, 0.0, 0.0), "N"),
        ((50.0, 0.0, 0.0), (181.0, 0.0, 0.0), "N"),
        ((50.0, 99.0, 0.0), (10.0, 0.0, 0.0), "N"),
        ((50.0, 0.0, 0.0), (10.0, 0.0, 0.0), "?"),  # of an unknown hemisphere
    ],
)
def test_a_point_that_cannot_be_is_no_point(latitude: object, longitude: object, north: str) -> None:
    assert _point(latitude, longitude, north) is None


def test_a_point_with_a_zero_denominator_is_no_point() -> None:
    block = exif_block(gps={1: "N", 2: (50.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)})
    fifty = block.index(b"2\0\0\0\1\0\0\0") if b"2\0\0\0\1\0\0\0" in block else block.index(b"\0\0\0002\0\0\0\1")
    assert read_metadata(Blocks(block)).location is not None
    assert read_metadata(Blocks(block[: fifty + 4] + bytes(4) + block[fifty + 8 :])).location is None


def test_the_equator_is_a_place() -> None:
    assert _point((0.0, 0.0, 0.0), (9.0, 30.0, 0.0)) == GeoPoint(0.0, 9.5)


def test_altitude_below_the_sea_is_negative() -> None:
    gps = {1: "N", 2: (31.0, 30.0, 0.0), 3: "E", 4: (35.0, 30.0, 0.0), 5: b"\1", 6: 430.0}
    location = read_metadata(Blocks(exif_block(gps=gps))).location
    assert location is not None
    assert location.altitude_m == -430.0


def test_camera_and_exposure() -> None:
    photo = {33434: 1 / 250, 33437: 2.8, 34855: 400, 37386: 35.0, 42036: "EF 35mm f/2"}
    camera = read_metadata(Blocks(exif_block({271: "Canon", 272: "Canon EOS 40D"}, photo=photo))).camera
    assert (camera.make, camera.model, camera.lens, camera.iso) == ("Canon", "EOS 40D", "EF 35mm f/2", 400)
    assert (camera.exposure_time_s, camera.f_number, camera.focal_length_mm) == pytest.approx((1 / 250, 2.8, 35.0))


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("NIKON CORPORATION", "NIKON D70", ("Nikon", "D70")),
        ("EASTMAN KODAK COMPANY", "KODAK CX7530 ZOOM DIGITAL CAMERA", ("Kodak", "CX7530 ZOOM DIGITAL CAMERA")),
        ("OLYMPUS OPTICAL CO.,LTD", "C8080WZ", ("Olympus", "C8080WZ")),
        ("Apple", "iPhone 13 Pro Max", ("Apple", "iPhone 13 Pro Max")),
        ("HMD Global", "Nokia 8.3 5G", ("HMD Global", "Nokia 8.3 5G")),
        ("", "", ("", "")),
    ],
)
def test_cameras_have_the_names_that_people_know(make: str, model: str, expected: tuple[str, str]) -> None:
    normal = normalise_make(make)
    assert (normal, normalise_model(model, make, normal)) == expected


def test_xmp_words_take_the_default_language_and_the_first_list_of_tags() -> None:
    body = """<dc:title><rdf:Alt><rdf:li xml:lang='de'>See</rdf:li><rdf:li xml:lang='x-default'>Lake</rdf:li></rdf:Alt>
      </dc:title><lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Lund</rdf:li></rdf:Bag></lr:hierarchicalSubject>
      <dc:subject><rdf:Bag><rdf:li>ignored</rdf:li></rdf:Bag></dc:subject>"""
    metadata = read_metadata(Blocks(xmp=xmp_packet("xmp:Rating='4'", body)))
    assert (metadata.title, metadata.keywords, metadata.rating) == ("Lake", ("Lund",), 4)


def test_xmp_gives_a_point_where_exif_has_none() -> None:
    blocks = Blocks(xmp=xmp_packet("exif:GPSLatitude='48,55.5N' exif:GPSLongitude='2,30,36W'"))
    location = read_metadata(blocks).location
    assert location is not None
    assert (location.latitude_deg, location.longitude_deg) == pytest.approx((48.925, -2.51))


@pytest.mark.parametrize(
    "packet",
    [
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"<x:xmpmeta",
        b"<?xml version='1.0' encoding='no-such'?><x/>",
        xmp_packet("xmp:Rating='six'"),
    ],
)
def test_a_bad_packet_reads_as_empty(packet: bytes) -> None:
    assert read_metadata(Blocks(xmp=packet)) == read_metadata(Blocks())


def test_text_loses_control_characters_and_is_cut() -> None:
    block = exif_block({270: "a\x07b\u202etxt" + "x" * 9000})
    description = read_metadata(Blocks(block)).description
    assert "\x07" not in description
    assert "\u202e" not in description
    assert len(description) == 5000


def test_what_cameras_write_into_every_file_is_no_description() -> None:
    assert read_metadata(Blocks(exif_block({270: "OLYMPUS DIGITAL CAMERA"}))).description == ""
    assert read_metadata(Blocks(exif_block({270: "Sony Center, Berlin"}))).description == "Sony Center, Berlin"


@given(st.binary(max_size=400), st.binary(max_size=200), st.binary(max_size=200))
def test_any_blocks_are_read_without_an_error(exif: bytes, xmp: bytes, iptc: bytes) -> None:
    read_metadata(Blocks(b"Exif\0\0II*\0\x08\0\0\0" + exif, b"<" + xmp + b">", b"8BIM\4\4" + iptc))


@given(st.integers(0, 500), st.integers(0, 255))
def test_any_changed_byte_is_read_without_an_error(at: int, value: int) -> None:
    gps: dict[int, object] = {
        1: "N",
        2: (50.0, 30.0, 0.0),
        3: "E",
        4: (10.0, 0.0, 0.0),
        29: "2023:07:14",
        7: (10.0, 0.0, 0.0),
    }
    block = bytearray(exif_block({271: "Canon", 306: NOON}, photo={ORIGINAL: NOON, 33434: 0.01}, gps=gps))
    block[at % len(block)] = value
    read_metadata(Blocks(bytes(block)))
