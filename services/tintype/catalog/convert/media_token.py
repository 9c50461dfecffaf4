"""What a signed media address holds."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tintype.catalog.domain.result import Variant


@dataclass(frozen=True, slots=True)
class MediaGrant:
    """The right to load one variant of one photo until `expire_s` (seconds since 1970)."""

    owner_id: str
    photo_id: str
    variant: Variant
    expire_s: int


def grant_payload(grant: MediaGrant) -> bytes:
    """A grant, before it is signed."""
    return json.dumps([grant.owner_id, grant.photo_id, grant.variant, grant.expire_s], separators=(",", ":")).encode()


def grant_of(payload: bytes) -> MediaGrant:
    """The grant of a payload that was signed."""
    owner_id, photo_id, variant, expire_s = json.loads(payload)
    return MediaGrant(owner_id, photo_id, Variant(variant), expire_s)
