"""When a photo was taken, as its file says: the best date, its offset, and where both come from. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tintype.imaging import exif, iptc
from tintype.imaging.exif import Exif
from tintype.imaging.ports import CaptureTime, DateSource, OffsetSource

_STAMP: Final = re.compile(
    r"(\d{4})[:.\-/ ]\s?(\d{1,2})[:.\-/ ]\s?(\d{1,2})"
    r"[ T]+(\d{1,2}):\s?(\d{1,2})(?::\s?(\d{1,2}))?(?:[.,](\d+))?\s*(Z|[+-]\d\d:?\d\d)?"
)
_OFFSET: Final = re.compile(r"(?:(Z)|([+-])(\d{1,2}):?(\d\d))")
_EARLIEST_YEAR: Final = 1826  # of the oldest photograph that is left
_EASTMOST, _WESTMOST = timedelta(hours=14), timedelta(hours=-12)
_GPS_STEP: Final = timedelta(minutes=15)
_GPS_SLACK: Final = timedelta(minutes=2)  # camera clocks drift; beyond this nothing can be told from the difference
_ODD_OFFSETS: Final = frozenset({345, 525, 765})  # Nepal, Eucla, Chatham: all others are whole or half hours

_DATE, _ORIGINAL, _DIGITIZED = 306, 36867, 36868
_OFFSET_TIME, _OFFSET_ORIGINAL, _OFFSET_DIGITIZED = 36880, 36881, 36882
_SUBSEC, _SUBSEC_ORIGINAL, _SUBSEC_DIGITIZED = 37520, 37521, 37522
_GPS_TIME, _GPS_DATE = 7, 29
_XMP_DATES: Final = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate", "exif:DateTimeDigitized")


@dataclass(frozen=True, slots=True)
class _Stamp:
    local_time: datetime
    offset: int | None  # minutes
    source: DateSource


def read_capture_time(
    tags: Exif, xmp: Mapping[str, tuple[str, ...]], iptc_values: Mapping[int, tuple[str, ...]]
) -> CaptureTime | None:
    """The first date that can be true, in this order: when taken, when digitised, XMP, IPTC, when last written, GPS."""
    gps = _gps_time(tags)
    stamp = next(_stamps(tags, xmp, iptc_values), None)
    if stamp is None:
        return None if gps is None else CaptureTime(gps, DateSource.GPS, 0, OffsetSource.FILE)
    local_time = stamp.local_time.replace(microsecond=stamp.local_time.microsecond // 1000 * 1000)
    if stamp.offset is not None:
        return CaptureTime(local_time, stamp.source, stamp.offset, OffsetSource.FILE)
    offset = None if gps is None else _offset_between(local_time, gps)
    if offset is None:
        return CaptureTime(local_time, stamp.source)
    return CaptureTime(local_time, stamp.source, offset, OffsetSource.GPS_TIME)


def _stamps(
    tags: Exif, xmp: Mapping[str, tuple[str, ...]], iptc_values: Mapping[int, tuple[str, ...]]
) -> Iterator[_Stamp]:
    # Some writers put the photo's tags into the first directory, or the file's into the second: look in both.
    both = {**tags.image, **tags.photo}
    shared_offset = exif.text(both, _OFFSET_TIME)
    exif_dates = (
        (_ORIGINAL, _SUBSEC_ORIGINAL, _OFFSET_ORIGINAL, DateSource.EXIF_ORIGINAL),
        (_DIGITIZED, _SUBSEC_DIGITIZED, _OFFSET_DIGITIZED, DateSource.EXIF_DIGITIZED),
    )
    for date, subsec, offset, source in exif_dates:
        text = exif.text(both, date)
        yield from _parse(text, exif.text(both, subsec), exif.text(both, offset) or shared_offset, source)
    for name in _XMP_DATES:
        for value in xmp.get(name, ())[:1]:
            yield from _parse(value, "", "", DateSource.XMP)
    yield from _iptc_stamp(iptc_values)
    yield from _parse(exif.text(both, _DATE), exif.text(both, _SUBSEC), shared_offset, DateSource.EXIF_MODIFIED)


def _parse(text: str, subsec: str, offset: str, source: DateSource) -> Iterator[_Stamp]:
    match = _STAMP.match(text)
    if match is None:
        return
    year, month, day, hour, minute, second = (int(part or 0) for part in match.group(1, 2, 3, 4, 5, 6))
    fraction = match[7] or (subsec.strip() if subsec.strip().isdecimal() else "")
    microsecond = int((fraction + "000000")[:6]) if fraction.isascii() else 0
    if year < _EARLIEST_YEAR:
        return
    try:
        local_time = datetime(year, month, day, hour, minute, second, microsecond)  # noqa: DTZ001  # a wall clock
    except ValueError:
        return
    yield _Stamp(local_time, parse_offset(match[8] or offset), source)


def parse_offset(text: str) -> int | None:
    """Minutes of `+02:00`, `-0330` or `Z`; None for anything else, or what no place on earth has."""
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return None
    if match[1]:
        return 0
    minutes = (int(match[3]) * 60 + int(match[4])) * (-1 if match[2] == "-" else 1)
    return minutes if int(match[4]) < 60 and _WESTMOST <= timedelta(minutes=minutes) <= _EASTMOST else None


def _iptc_stamp(values: Mapping[int, tuple[str, ...]]) -> Iterator[_Stamp]:
    """`20230714` and `180322+0200`; a date without a time is no capture time."""
    date, time = (values.get(key, ("",))[0] for key in (iptc.DATE, iptc.TIME))
    if len(date) == 8 and len(time) >= 6:
        text = f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:6]}{time[6:]}"
        yield from _parse(text, "", "", DateSource.IPTC)


def _gps_time(tags: Exif) -> datetime | None:
    """The GPS clock, in UTC and naive."""
    date = re.fullmatch(r"(\d{4})[:.\-/](\d{1,2})[:.\-/](\d{1,2})", exif.text(tags.gps, _GPS_DATE))
    parts = exif.numbers(tags.gps, _GPS_TIME)
    if date is None or len(parts) != 3 or not all(math.isfinite(part) for part in parts):
        return None
    hour, minute, second = parts
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60) or int(date[1]) < 1980:  # when GPS time begins
        return None
    try:
        midnight = datetime(int(date[1]), int(date[2]), int(date[3]))  # noqa: DTZ001  # UTC, kept naive
    except ValueError:
        return None
    return midnight + timedelta(milliseconds=int((hour * 3600 + minute * 60 + second) * 1000))


def _offset_between(local_time: datetime, gps: datetime) -> int | None:
    """The offset that explains the difference of the two clocks, if one on earth does."""
    difference = local_time - gps
    steps = round(difference / _GPS_STEP)
    offset = steps * _GPS_STEP
    minutes = steps * 15
    if abs(difference - offset) > _GPS_SLACK or not _WESTMOST <= offset <= _EASTMOST:
        return None
    return minutes if minutes % 30 == 0 or minutes in _ODD_OFFSETS else None
