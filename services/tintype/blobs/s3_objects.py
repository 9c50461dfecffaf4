"""Objects and parts, and the XML that S3 tells them in."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from tintype.blobs.ports import BlobStoreUnavailable

_NAMESPACE: Final = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes to send, in pieces so that nothing is copied, and their SHA-256."""

    chunks: Sequence[bytes | memoryview]
    size_bytes: int
    sha256: bytes

    @classmethod
    def of(cls, data: bytes) -> Body:
        """One piece, hashed here."""
        return cls([data] if data else [], len(data), hashlib.sha256(data).digest())


@dataclass(frozen=True, slots=True)
class Part:
    """A part that lies in a multipart upload; `sha256` is empty if it was copied."""

    number: int
    size_bytes: int
    etag: str
    sha256: bytes = b""
    modify_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """An object as a listing or HEAD tells; `checksum` is the SHA-256 in base64, `<hash of hashes>-<n>` of parts."""

    key: str
    size_bytes: int
    modify_time: datetime
    checksum: str = ""
    encrypted: str = ""


def composite(parts: Sequence[Part]) -> str:
    """What an object of these parts has as its checksum."""
    digest = hashlib.sha256(b"".join(part.sha256 for part in parts)).digest()
    return f"{b64encode(digest).decode()}-{len(parts)}"


def completing(parts: Sequence[Part]) -> bytes:
    """The request that makes an object of them."""
    root = ElementTree.Element("CompleteMultipartUpload")
    for part in parts:
        element = ElementTree.SubElement(root, "Part")
        ElementTree.SubElement(element, "PartNumber").text = str(part.number)
        ElementTree.SubElement(element, "ETag").text = f'"{part.etag}"'
        if part.sha256:
            ElementTree.SubElement(element, "ChecksumSHA256").text = b64encode(part.sha256).decode()
    return ElementTree.tostring(root)


def begun_of(answer: bytes) -> str:
    """The id of a multipart upload that was begun."""
    return _text(ElementTree.fromstring(answer), "UploadId")


def listed_of(answer: bytes) -> tuple[list[Part], bool]:
    """Parts in order of number, and whether there are more. Raises BlobStoreUnavailable if they have no checksums."""
    root = ElementTree.fromstring(answer)
    parts = [
        Part(
            int(_text(each, "PartNumber")),
            int(_text(each, "Size")),
            _text(each, "ETag").strip('"'),
            _digest(each),
            datetime.fromisoformat(_text(each, "LastModified")),
        )
        for each in root.iter(f"{_NAMESPACE}Part")
    ]
    return parts, _text(root, "IsTruncated") == "true"


def copied_of(answer: bytes, *, size_bytes: int) -> Part:
    """The first part, copied from an object of that size."""
    return Part(1, size_bytes, _text(ElementTree.fromstring(answer), "ETag").strip('"'))


def is_error(answer: bytes) -> bool:
    """S3 may say below a status of 200 that it failed."""
    return ElementTree.fromstring(answer).tag.endswith("Error")


def _digest(element: ElementTree.Element) -> bytes:
    digest = b64decode(_text(element, "ChecksumSHA256"))
    if len(digest) != hashlib.sha256().digest_size:
        raise BlobStoreUnavailable("the blob store keeps no checksums of parts")
    return digest


def _text(element: ElementTree.Element, name: str) -> str:
    found = element.find(f"{_NAMESPACE}{name}")
    return (found.text or "") if found is not None else element.findtext(name, "")
