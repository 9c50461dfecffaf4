"""Pictures drawn for tests, and bytes built by hand where no library writes what cameras do."""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image

QUADRANTS = ((200, 30, 30), (30, 180, 30), (30, 30, 200), (220, 220, 40))  # left top, right top, left and right bottom


def quadrants(width: int = 64, height: int = 48) -> Image.Image:
    """Four coloured quarters, so that every turn and mirror can be told from every other."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = QUADRANTS[0]
    pixels[: height // 2, width // 2 :] = QUADRANTS[1]
    pixels[height // 2 :, : width // 2] = QUADRANTS[2]
    pixels[height // 2 :, width // 2 :] = QUADRANTS[3]
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    if kind == "JPEG":
        options = {"quality": 95, "subsampling": 0, **options}
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif_block(
    image: dict[int, object] | None = None, photo: dict[int, object] | None = None, gps: dict[int, object] | None = None
) -> bytes:
    """An EXIF block as Pillow writes it."""
    exif = Image.Exif()
    exif.update(image or {})
    if photo:
        exif.get_ifd(0x8769).update(photo)
    if gps:
        exif.get_ifd(0x8825).update(gps)
    return exif.tobytes()


def xmp_packet(attributes: str = "", body: str = "") -> bytes:
    return f"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description
 xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:xmp='http://ns.adobe.com/xap/1.0/'
 xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:lr='http://ns.adobe.com/lightroom/1.0/' {attributes}>{body}
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>""".encode()


def iptc_block(*values: tuple[int, bytes]) -> bytes:
    """A Photoshop block with a resource before IPTC's."""
    records = b"".join(b"\x1c\x02" + struct.pack(">BH", number, len(text)) + text for number, text in values)
    other = b"8BIM" + struct.pack(">H", 0x03ED) + b"\0\0" + struct.pack(">I", 3) + b"abc\0"
    return (
        b"Photoshop 3.0\0"
        + other
        + b"8BIM"
        + struct.pack(">H", 0x0404)
        + b"\0\0"
        + struct.pack(">I", len(records))
        + records
    )
