"""Small pictures that tests draw, each other bytes; and files that only pretend to be pictures."""

from __future__ import annotations

import colorsys
import io
import random
import struct
import zlib
from datetime import datetime, timedelta

from PIL import Image, ImageDraw

FIRST_DAY = datetime(2021, 3, 1, 9, 30)  # noqa: DTZ001 - what cameras write has no zone


def draw(seed: int, *, form: str = "JPEG", width_px: int = 0, height_px: int = 0) -> bytes:
    """A picture of its own colours, size and date; the same seed gives the same bytes."""
    chance = random.Random(seed)
    size = (width_px or chance.randrange(48, 160), height_px or chance.randrange(48, 160))
    image = Image.new("RGB", size, colour(chance))
    pen = ImageDraw.Draw(image)
    for _ in range(chance.randrange(3, 9)):
        left, top = chance.randrange(size[0]), chance.randrange(size[1])
        corner = (left + chance.randrange(8, 64), top + chance.randrange(8, 64))
        shape = chance.choice((pen.rectangle, pen.ellipse))
        shape(((left, top), corner), fill=colour(chance))
    file = io.BytesIO()
    if form == "JPEG":
        image.save(file, form, quality=90, exif=exif(seed))
    else:
        image.save(file, form)
    return file.getvalue()


def noise(seed: int, side_px: int = 520) -> bytes:
    """A PNG that cannot be packed: 800 KB unless it is to be of another size."""
    file = io.BytesIO()
    Image.frombytes("RGB", (side_px, side_px), random.Random(seed).randbytes(3 * side_px**2)).save(file, "PNG")
    return file.getvalue()


def colour(chance: random.Random) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(chance.random(), chance.uniform(0.4, 1), chance.uniform(0.3, 1))
    return round(red * 255), round(green * 255), round(blue * 255)


def exif(seed: int) -> Image.Exif:
    """A capture time of its own, with its offset."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0110] = "Acme", f"Model {seed % 7}"
    inner = tags.get_ifd(0x8769)
    inner[0x9003] = (FIRST_DAY + timedelta(hours=seed)).strftime("%Y:%m:%d %H:%M:%S")
    inner[0x9011] = "+02:00"
    return tags


def poison(seed: int) -> bytes:
    """A PNG with a good header and pixels that no decoder can unpack: it gets in, and its analysis fails."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    noise = random.Random(seed).randbytes(256)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", noise) + chunk(b"IEND", b"")
