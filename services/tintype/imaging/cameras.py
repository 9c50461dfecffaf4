"""What took a photo, under the name that people know it by. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tintype.imaging import exif
from tintype.imaging.exif import Exif
from tintype.imaging.ports import CameraInfo

_MAKE, _MODEL, _EXPOSURE, _F_NUMBER, _ISO, _FOCAL = 271, 272, 33434, 33437, 34855, 37386
_LENS_MAKE, _LENS_MODEL = 42035, 42036
_SHUTTER_SPEED = 37377
_COMPANY: Final = re.compile(
    r"[ ,]+(corporation|corp|company|co|ltd|inc|gmbh|ag|imaging|optical|camera|camer|electric|electronics|techwin|"
    r"photo film|tech|digital camera|mobile communications|technologies)\b\.?",
    re.IGNORECASE,
)
_NAMES: Final[Mapping[str, str]] = {  # makers who changed the way they write themselves
    "eastman kodak": "Kodak",
    "fuji": "Fujifilm",
    "fujifilm": "Fujifilm",
    "hewlett-packard": "HP",
    "konica minolta": "Konica Minolta",
    "asahi": "Pentax",
    "research in motion": "BlackBerry",
    "sony ericsson": "Sony Ericsson",
    "oneplus": "OnePlus",
    "hmd global": "HMD Global",
    "gopro": "GoPro",
    "dji": "DJI",
    "htc": "HTC",
}
_LONGEST_EXPOSURE_S: Final = 86_400.0


def read_camera(tags: Exif) -> CameraInfo:
    """Unknown and impossible values are left out."""
    both = {**tags.image, **tags.photo}
    raw_make = exif.text(tags.image, _MAKE)
    make = normalise_make(raw_make)
    iso = _within(exif.number(both, _ISO), 1, 10_000_000)
    return CameraInfo(
        make=make,
        model=normalise_model(exif.text(tags.image, _MODEL), raw_make, make),
        lens=exif.text(both, _LENS_MODEL),
        exposure_time_s=_exposure(both),
        f_number=_within(exif.number(both, _F_NUMBER), 0.1, 1000),
        iso=None if iso is None else int(iso),
        focal_length_mm=_within(exif.number(both, _FOCAL), 0.1, 100_000),
    )


def normalise_make(make: str) -> str:
    """`NIKON CORPORATION` is Nikon, `EASTMAN KODAK COMPANY` Kodak, `HMD Global` stays."""
    name = _COMPANY.sub("", make).strip(" ,.")
    if known := _NAMES.get(name.lower()):
        return known
    return name.title() if name.isupper() and len(name) > 3 else name


def normalise_model(model: str, raw_make: str, make: str) -> str:
    """Without the manufacturer's name in front: the model of a `Canon EOS 40D` is EOS 40D."""
    for prefix in (raw_make, make, raw_make.split(" ", 1)[0]):
        if prefix and model.lower().startswith(prefix.lower() + " "):
            return model[len(prefix) :].strip()
    return model


def _exposure(tags: Mapping[int, exif.Value]) -> float | None:
    seconds = exif.number(tags, _EXPOSURE)
    if seconds is None and (speed := exif.number(tags, _SHUTTER_SPEED)) is not None and abs(speed) < 20:
        seconds = 2.0**-speed  # APEX
    return _within(seconds, 1e-7, _LONGEST_EXPOSURE_S)


def _within(value: float | None, least: float, most: float) -> float | None:
    return value if value is not None and least <= value <= most else None
