"""Ids: random ones that sort by time, and ids derived from what they identify."""

from __future__ import annotations

import base64
import hashlib
import os
import time
import uuid
from typing import Protocol

PHOTO_ID_LENGTH = 20


class IdSource(Protocol):
    """Makes ids that were never used."""

    def new(self) -> str:
        """Return a fresh id: 32 lower-case hexadecimal characters that sort by the time they were made."""


class RandomIds:
    """UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits."""

    def new(self) -> str:
        milliseconds = time.time_ns() // 1_000_000
        random = int.from_bytes(os.urandom(10), "big")
        value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64
        value |= 0b10 << 62 | random & (1 << 62) - 1
        return uuid.UUID(int=value).hex


def photo_id_of(*, owner_id: str, sha256: bytes) -> str:
    """The same bytes of the same owner are the same photo, whatever is retried.

    Args:
        owner_id: the owner.
        sha256: the 32 raw bytes of the file's SHA-256.
    """
    digest = hashlib.sha256(owner_id.encode() + b"\0" + sha256).digest()
    return base64.b32encode(digest).decode().lower()[:PHOTO_ID_LENGTH]


def id_of_request(*, owner_id: str, rpc: str, request_id: str) -> str:
    """The id of what a creating call makes, so that a retry with the same `request_id` meets its first result.

    Returns: 32 lower-case hexadecimal characters.
    """
    return hashlib.sha256("\0".join((owner_id, rpc, request_id)).encode()).hexdigest()[:32]
