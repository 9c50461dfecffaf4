"""Reads XMP: the simple properties and lists of a packet, by prefixed name. Pure; bad packets read as empty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tintype.imaging.text import clean

_LONGEST_PACKET: Final = 4 * 2**20  # an extended packet may hold a depth map; that is none of ours
_MOST_VALUES: Final = 200
_LONGEST_TEXT: Final = 5000
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIXES: Final[Mapping[str, str]] = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://www.digikam.org/ns/1.0/": "digiKam",
}
_NAME: Final = re.compile(r"\{([^}]*)\}(.+)")


def read_xmp(packet: bytes) -> Mapping[str, tuple[str, ...]]:
    """Property (`dc:title`) to its values, cleaned; of language alternatives the default comes first."""
    root = _parse(packet)
    found: dict[str, tuple[str, ...]] = {}
    if root is None:
        return found
    for description in root.iter(f"{_RDF}Description"):
        for name, value in description.attrib.items():
            if key := _key(name):
                found.setdefault(key, (clean(value, longest=_LONGEST_TEXT),))
        for child in description:
            if key := _key(child.tag):
                found.setdefault(key, tuple(_values(child)))
    return found


def _parse(packet: bytes) -> Element | None:
    start, end = packet.find(b"<"), packet.rfind(b">")
    if not 0 <= start < end <= _LONGEST_PACKET:
        return None
    try:
        root: Element = fromstring(packet[start : end + 1], forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # LookupError: an encoding nobody knows
        return None
    return root


def _key(name: str) -> str | None:
    match = _NAME.fullmatch(name)
    prefix = _PREFIXES.get(match[1]) if match else None
    return f"{prefix}:{match[2]}" if match and prefix else None


def _values(element: Element) -> Iterator[str]:
    items = list(element.iter(f"{_RDF}li"))[:_MOST_VALUES]
    items.sort(key=lambda item: item.get(_LANG) != "x-default")  # stable: all else keeps its order
    for item in items or [element]:
        if text := clean(item.text or "", longest=_LONGEST_TEXT):
            yield text
