"""Real files: metadata against its truth, formats that must open, and files made to break decoders."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import pi_heif
import pytest
from PIL import Image
from tests.integration.exif_truth import Truth, read_truth
from tests.unit.imaging.pictures import encoded, quadrants

from tintype.imaging.connect import connect
from tintype.imaging.ports import (
    DateSource,
    DecodeFailed,
    ImageTooLarge,
    Imaging,
    Metadata,
    OffsetSource,
    Request,
    UnsupportedMedia,
)
from tintype.imaging.probe import probe
from tintype.imaging.settings import ImagingSettings
from tintype.kit.errors import DomainError

HEADER_ONLY: Final = Request(derived=False)

# Where exif-py prints no date of taking but the file's XMP states one, with its offset: XMP is right to be used. Of
# long_description, 30-type_error and BlueSquare exif-py prints the time of the last write alone, which XMP beats.
XMP_SAYS: Final = {
    "jpg/invalid/image00971.jpg": ("2010:04:13 09:37:22", 120),
    "jpg/invalid/image01088.jpg": ("2010:04:13 09:37:22", 120),
    "jpg/invalid/image01137.jpg": ("2009:09:14 11:08:06", 120),
    "jpg/invalid/image01551.jpg": ("2011:09:23 12:43:03", 0),
    "jpg/invalid/image01713.jpg": ("2010:03:04 11:59:38", 60),
    "jpg/invalid/image01980.jpg": ("2011:09:23 11:42:46", 0),
    "jpg/invalid/image02206.jpg": ("2009:08:04 10:35:03", 0),
    "jpg/long_description.jpg": ("2005:12:17 22:03:32", 0),
    "jpg/tests/30-type_error.jpg": ("2013:07:05 03:18:27", 0),
    "jpg/xmp/BlueSquare.jpg": ("2005:09:07 15:07:40", -420),
    "jpg/xmp/no_exif.jpg": ("2013:09:23 10:09:46", 120),
}
# exif-py prints no difference of clocks. Both clocks of each file, by its own tags: Nokia writes UTC into both; the
# iPhone showed 20:12 when GPS had 18:12.
GPS_CLOCK_SAYS: Final = {
    "heic/mobile/HMD_Nokia_8.3_5G_hdr.heif": 0,
    "heic/mobile/HMD_Nokia_8.3_5G.heif": 0,
    "jpg/hdr/iphone_hdr_NO.jpg": 120,
    "jpg/hdr/iphone_hdr_YES.jpg": 120,
}
# "No EXIF information found", says exif-py; pi-heif finds a block, and these values in it.
UNSEEN: Final = {"heic/mobile/HMD_Nokia_8.3_5G.heif": ("2022:02:03 14:44:07", (40.78868522, -4.00514085))}


@pytest.fixture
async def imaging() -> AsyncIterator[Imaging]:
    async with connect(ImagingSettings()) as opened:
        yield opened


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _of(truth: Truth, folder: Path) -> Path | None:
    """Two names differ in their case and one in its extension; two files of the dump are not there."""
    for suffix in ("", ".HEIC"):
        path = folder / truth.name
        path = path.with_suffix(suffix) if suffix else path
        if path.is_file():
            return path
    return None


def _true_size(path: Path) -> tuple[int, int]:
    """By decoders that ours does not use for these formats, save HEIC, which has one."""
    if path.suffix.lower() in (".heic", ".heif"):
        width, height = pi_heif.open_heif(path).size
        return width, height
    with Image.open(path) as image:
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        return (image.height, image.width) if turned else image.size


def _found(metadata: Metadata) -> tuple[str | None, int | None]:
    time = metadata.capture_time
    if time is None:
        return None, None
    return time.local_time.strftime("%Y:%m:%d %H:%M:%S"), time.utc_offset_minutes


def _expected(truth: Truth) -> tuple[str | None, int | None]:
    if truth.name in XMP_SAYS:
        return XMP_SAYS[truth.name]
    date = UNSEEN[truth.name][0] if truth.name in UNSEEN else truth.date
    return date, GPS_CLOCK_SAYS.get(truth.name, truth.offset_minutes)


@pytest.mark.metadata
async def test_date_offset_position_orientation_and_size_are_the_truth(samples: Path, imaging: Imaging) -> None:
    wrong: list[str] = []
    seen = 0
    for truth in read_truth(samples / "exif" / "dump"):
        path = _of(truth, samples / "exif")
        if path is None:
            continue
        seen += 1
        decoded = await imaging.process(path, HEADER_ONLY)
        metadata, location = decoded.metadata, decoded.metadata.location
        point = location and (location.latitude_deg, location.longitude_deg)
        true_point = UNSEEN[truth.name][1] if truth.name in UNSEEN else truth.point
        checks = {
            "date and offset": (_found(metadata), _expected(truth)),
            "orientation": (metadata.orientation, truth.orientation),
            "position": (point, None if true_point is None else pytest.approx(true_point, abs=1e-6)),
            "size": ((decoded.width_px, decoded.height_px), _true_size(path)),
        }
        wrong += [f"{truth.name}: {what} {got} {true}" for what, (got, true) in checks.items() if got != true]
    print(f"metadata: {seen} files, {seen - len({line.split(':')[0] for line in wrong})} all right")
    assert wrong == []
    assert seen >= 99


@pytest.mark.metadata
async def test_every_value_says_where_it_is_from(samples: Path, imaging: Imaging) -> None:
    for path in _files(samples / "exif"):
        if path.name == "dump":
            continue
        time = (await imaging.process(path, HEADER_ONLY)).metadata.capture_time
        if time is not None:
            assert (time.utc_offset_minutes is None) == (time.offset_source is OffsetSource.UNKNOWN)
            assert isinstance(time.source, DateSource)


async def test_formats_open_or_say_why_not(samples: Path, imaging: Imaging) -> None:
    refused: dict[str, str] = {}
    for path in _files(samples / "formats"):
        try:
            decoded = await imaging.process(path, Request())
        except (UnsupportedMedia, ImageTooLarge, DecodeFailed) as error:
            refused[path.name] = error.message
            continue
        assert decoded.derived is not None
        assert decoded.derived.preview_jpeg.startswith(b"\xff\xd8")
        assert (decoded.width_px, decoded.height_px) != (0, 0)
    assert sorted(refused) == [
        "hopper.Lab.tif",  # libvips cannot read 8-bit Lab
        "reallybig.bmp",  # 6,000,000,000,000 pixels, by its header
    ]
    assert all(message for message in refused.values())


@pytest.mark.hostile
@pytest.mark.timeout(240)
async def test_hostile_files_end_in_a_clear_error_or_a_picture(samples: Path, imaging: Imaging) -> None:
    good = encoded(quadrants())
    pictures, errors = 0, list[str]()
    before = _resident_bytes()
    for path in _files(samples / "hostile"):
        try:
            decoded = await imaging.process(path, Request())
            pictures += 1
            assert decoded.derived is not None
        except (UnsupportedMedia, ImageTooLarge, DecodeFailed) as error:  # neither a crash nor a hang is among them
            errors.append(error.message)
        assert (await imaging.process(good, Request())).width_px == 64
    print(f"hostile: {pictures} pictures, {len(errors)} clear errors")
    assert pictures + len(errors) == len(list(_files(samples / "hostile")))
    assert all(errors)
    assert _resident_bytes() - before < 200 * 2**20


def _resident_bytes() -> int:
    """Of this process, not of its decoders: those have their own limit."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


@pytest.mark.parametrize("folder", ["burst", "captioned", "faces", "labelled", "trip"])
def test_no_ordinary_photo_is_refused(samples: Path, folder: str) -> None:
    refused = {}
    for file in sorted((samples / folder).glob("*.jpg")):
        try:
            probe(file.read_bytes(), file_name=file.name, complete=True, most_pixels=200_000_000)
        except DomainError as error:
            refused[file.name] = error.message
    assert not refused
