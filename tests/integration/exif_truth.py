"""The truth about `samples/exif`: what exif-py printed for every file, read without any code of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Final

_ORIENTATIONS: Final = {
    "Horizontal (normal)": 1,
    "Mirrored horizontal": 2,
    "Rotated 180": 3,
    "Mirrored vertical": 4,
    "Mirrored horizontal then rotated 90 CCW": 5,
    "Rotated 90 CW": 6,
    "Mirrored horizontal then rotated 90 CW": 7,
    "Rotated 90 CCW": 8,
}


@dataclass(frozen=True, slots=True)
class Truth:
    """The printed tags of one file."""

    name: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def date(self) -> str | None:
        """`2022:02:16 12:55:41`, by the order of trust; None where no date is printed or all are blank."""
        for tag in ("EXIF DateTimeOriginal", "EXIF DateTimeDigitized", "Image DateTime"):
            found = re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", self.tags.get(tag, "").strip())
            if found and found[1] != "0000":
                return found[0]
        return None

    @property
    def offset_minutes(self) -> int | None:
        text = self.tags.get("EXIF OffsetTimeOriginal") or self.tags.get("EXIF OffsetTime", "")
        found = re.fullmatch(r"([+-])(\d\d):(\d\d)", text.strip())
        return (int(found[2]) * 60 + int(found[3])) * (-1 if found[1] == "-" else 1) if found else None

    @property
    def orientation(self) -> int:
        return _ORIENTATIONS.get(self.tags.get("Image Orientation", ""), 1)

    @property
    def point(self) -> tuple[float, float] | None:
        latitude = self._degrees("GPS GPSLatitude", "S")
        longitude = self._degrees("GPS GPSLongitude", "W")
        return None if latitude is None or longitude is None else (latitude, longitude)

    def _degrees(self, tag: str, negative: str) -> float | None:
        found = re.fullmatch(r"\[(.+), (.+), (.+)\]", self.tags.get(tag, ""))
        if found is None:
            return None
        try:
            parts = [Fraction(part) for part in found.groups()]
        except ZeroDivisionError:
            return None
        degrees = float(parts[0] + parts[1] / 60 + parts[2] / 3600)
        return -degrees if self.tags.get(f"{tag}Ref", "").strip() == negative else degrees


def read_truth(dump: Path) -> list[Truth]:
    """One entry for each file of the dump; names without the folder of the archive."""
    entries: list[Truth] = []
    for line in dump.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("Opening: "):
            entries.append(Truth(line.removeprefix("Opening: exif-samples-master/").strip()))
        elif entries and (found := re.fullmatch(r"((?:EXIF|Image|GPS) \w+) \([\w ]+\): (.*)", line)):
            entries[-1].tags.setdefault(found[1], found[2])
    return entries
