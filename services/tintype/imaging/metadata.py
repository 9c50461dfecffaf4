"""Puts together what a file says of itself, from EXIF, XMP and IPTC. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tintype.imaging import exif, iptc
from tintype.imaging.cameras import read_camera
from tintype.imaging.capture_time import read_capture_time
from tintype.imaging.exif import Bytes, Exif, read_exif
from tintype.imaging.iptc import read_iptc
from tintype.imaging.ports import GeoPoint, Metadata
from tintype.imaging.text import clean
from tintype.imaging.xmp import read_xmp

_DESCRIPTION, _ORIENTATION, _SOFTWARE = 270, 274, 305
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE, _ALTITUDE_REF, _ALTITUDE = 1, 2, 3, 4, 5, 6
_LOWEST_M, _HIGHEST_M = -11_000.0, 100_000.0  # the deepest sea, and where space begins
_LONGEST_TITLE, _LONGEST_DESCRIPTION, _LONGEST_KEYWORD, _MOST_KEYWORDS = 200, 5000, 100, 100
# What cameras write into every file says nothing about the picture.
_CAMERA_TALK: Final = re.compile(
    r"((olympus|konica|minolta|konica minolta|sony|kodak|samsung) )?digital (still )?camera|sony dsc|"
    r"exif[_ ]jpeg[\w ]*|dcim[\w \\/.]*|dsc[\w.]*|default|untitled|hdr",
    re.IGNORECASE,
)
_NO_NUMBERS: Final[Mapping[str, None]] = dict.fromkeys(("exposure_time_s", "f_number", "focal_length_mm"))
_XMP_POINT: Final = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])")


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a file that hold metadata, as they are; empty where there is none."""

    exif: Bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""


def read_metadata(blocks: Blocks) -> Metadata:
    """Never raises for what the blocks hold: what cannot be read or cannot be true is left out."""
    tags, xmp, iptc_values = read_exif(blocks.exif), read_xmp(blocks.xmp), read_iptc(blocks.iptc)
    return Metadata(
        capture_time=read_capture_time(tags, xmp, iptc_values),
        location=_exif_location(tags) or _xmp_location(xmp),
        camera=read_camera(tags),
        orientation=_orientation(tags, xmp),
        title=_first(xmp.get("dc:title", ()), _LONGEST_TITLE)
        or _first(iptc_values.get(iptc.TITLE, ()), _LONGEST_TITLE),
        description=_description(tags, xmp, iptc_values),
        keywords=_keywords(xmp, iptc_values),
        rating=_rating(xmp),
        software=exif.text(tags.image, _SOFTWARE),
    )


def bounded(metadata: Metadata) -> Metadata:
    """The same, held again to what `read_metadata` promises: for metadata that came out of a sandbox."""
    camera, point = metadata.camera, metadata.location
    numbers = (camera.exposure_time_s, camera.f_number, camera.focal_length_mm)
    return replace(
        metadata,
        location=point and _point(point.latitude_deg, point.longitude_deg, point.altitude_m),
        camera=replace(
            camera,
            make=clean(camera.make, longest=_LONGEST_TITLE),
            model=clean(camera.model, longest=_LONGEST_TITLE),
            lens=clean(camera.lens, longest=_LONGEST_TITLE),
            **({} if all(value is None or math.isfinite(value) for value in numbers) else _NO_NUMBERS),
        ),
        orientation=metadata.orientation if metadata.orientation in range(1, 9) else 1,
        title=clean(metadata.title, longest=_LONGEST_TITLE),
        description=clean(metadata.description, longest=_LONGEST_DESCRIPTION),
        keywords=tuple(clean(word, longest=_LONGEST_KEYWORD) for word in metadata.keywords[:_MOST_KEYWORDS]),
        rating=metadata.rating if metadata.rating in range(-1, 6) else None,
        software=clean(metadata.software, longest=_LONGEST_TITLE),
    )


def read_orientation(tags: Exif) -> int | None:
    """EXIF orientation 1 to 8; None for none, or another number."""
    value = exif.number(tags.image, _ORIENTATION)
    return int(value) if value is not None and value in range(1, 9) else None


def _orientation(tags: Exif, xmp: Mapping[str, tuple[str, ...]]) -> int:
    return read_orientation(tags) or next((int(v) for v in xmp.get("tiff:Orientation", ()) if v in "12345678"), 1)


def _first(values: tuple[str, ...], longest: int) -> str:
    return clean(values[0], longest=longest) if values else ""


def _exif_location(tags: Exif) -> GeoPoint | None:
    latitude = _degrees(tags, _LATITUDE, _LATITUDE_REF, "NS")
    longitude = _degrees(tags, _LONGITUDE, _LONGITUDE_REF, "EW")
    altitude = exif.number(tags.gps, _ALTITUDE)
    if altitude is not None and exif.number(tags.gps, _ALTITUDE_REF) == 1:
        altitude = -altitude
    return _point(latitude, longitude, altitude)


def _degrees(tags: Exif, tag: int, ref_tag: int, signs: str) -> float | None:
    """Degrees, minutes, seconds and a letter; without the letter the hemisphere is unknown, so the point is."""
    parts = exif.numbers(tags.gps, tag)
    letter = exif.text(tags.gps, ref_tag)[:1].upper()
    if not 1 <= len(parts) <= 3 or letter not in signs or not letter:
        return None
    if not all(math.isfinite(part) and part >= 0 for part in parts) or any(part > 60 for part in parts[1:]):
        return None
    degrees = sum(part / 60.0**place for place, part in enumerate(parts))
    return -degrees if letter == signs[1] else degrees


def _xmp_location(xmp: Mapping[str, tuple[str, ...]]) -> GeoPoint | None:
    found: list[float] = []
    for name, signs in (("exif:GPSLatitude", "NS"), ("exif:GPSLongitude", "EW")):
        match = _XMP_POINT.fullmatch(next(iter(xmp.get(name, ())), ""))
        if match is None or match[4] not in signs:
            return None
        degrees = int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
        found.append(-degrees if match[4] == signs[1] else degrees)
    return _point(found[0], found[1], None)


def _point(latitude: float | None, longitude: float | None, altitude: float | None) -> GeoPoint | None:
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):  # NaN too
        return None
    if latitude == 0 and longitude == 0:  # what devices write that know no position
        return None
    if altitude is not None and not _LOWEST_M <= altitude <= _HIGHEST_M:
        altitude = None
    return GeoPoint(latitude, longitude, altitude)


def _description(tags: Exif, xmp: Mapping[str, tuple[str, ...]], iptc_values: Mapping[int, tuple[str, ...]]) -> str:
    found = _first(xmp.get("dc:description", ()), _LONGEST_DESCRIPTION)
    found = found or _first(iptc_values.get(iptc.CAPTION, ()), _LONGEST_DESCRIPTION)
    found = found or exif.text(tags.image, _DESCRIPTION, longest=_LONGEST_DESCRIPTION)
    return "" if _CAMERA_TALK.fullmatch(found) else found


def _keywords(xmp: Mapping[str, tuple[str, ...]], iptc_values: Mapping[int, tuple[str, ...]]) -> tuple[str, ...]:
    """The first list that exists; of a hierarchy the last word."""
    if paths := xmp.get("digiKam:TagsList"):
        words = [path.rsplit("/", 1)[-1] for path in paths]
    elif paths := xmp.get("lr:hierarchicalSubject"):
        words = [path.rsplit("|", 1)[-1] for path in paths]
    else:
        words = list(xmp.get("dc:subject") or iptc_values.get(iptc.KEYWORD, ()))
    cleaned = {clean(word, longest=_LONGEST_KEYWORD): None for word in words}
    return tuple(word for word in cleaned if word)[:_MOST_KEYWORDS]


def _rating(xmp: Mapping[str, tuple[str, ...]]) -> int | None:
    text = next(iter(xmp.get("xmp:Rating", ())), "")
    return int(text) if re.fullmatch(r"-1|[0-5]", text) else None
