"""What the service and its sandbox say to each other: JSON behind its length, pixels in shared memory.

The sandbox may have been taken over by a picture, so nothing that it says is taken for granted: no pickle, every
place in the shared memory is checked, text and numbers go through the types of the port.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Final

from tintype.imaging.ports import CentreCrop, FitWithin, MediaFormat, Request, Stretch, Variant

LENGTH: Final = struct.Struct(">I")
LONGEST_MESSAGE: Final = 2**20
_KINDS: Final = {"crop": CentreCrop, "fit": FitWithin, "stretch": Stretch}


def pack(message: Mapping[str, object]) -> bytes:
    """A message with its length in front."""
    body = json.dumps(message, default=_plain).encode()
    return LENGTH.pack(len(body)) + body


def job(media: MediaFormat, request: Request, *, most_pixels: int, cpu_seconds: int) -> bytes:
    """What the sandbox is told about the picture whose descriptor goes with it."""
    names = {type_: name for name, type_ in _KINDS.items()}
    variants = {
        name: [names[type(variant)], dataclasses.astuple(variant)] for name, variant in request.variants.items()
    }
    return pack(
        {
            "media": media.value,
            "derived": request.derived,
            "preview": request.preview,
            "variants": variants,
            "most_pixels": most_pixels,
            "cpu_seconds": cpu_seconds,
        }
    )


def read_request(message: Mapping[str, object]) -> Request:
    """The inverse of `job`; the sandbox trusts the service."""
    variants: dict[str, Variant] = {}
    given = message["variants"]
    assert isinstance(given, dict)
    for name, (kind, sizes) in given.items():
        variants[name] = _KINDS[kind](*sizes)
    return Request(derived=bool(message["derived"]), preview=bool(message["preview"]), variants=variants)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
