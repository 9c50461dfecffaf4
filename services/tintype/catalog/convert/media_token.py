"""What a signed media address holds."""

from __future__ import annotations

import json

from tintype.catalog.domain.media import Asker, MediaGrant
from tintype.catalog.domain.result import Variant
from tintype.kit.instants import instant_of, milliseconds


def grant_payload(grant: MediaGrant) -> bytes:
    """A grant, before it is signed."""
    asker = grant.asker
    issued_ms = milliseconds(asker.issued)
    parts = [asker.user_id, asker.session_id, asker.key_id, issued_ms, grant.photo_id, grant.variant, grant.expire_s]
    return json.dumps(parts, separators=(",", ":")).encode()


def grant_of(payload: bytes) -> MediaGrant:
    """The grant of a payload that was signed."""
    user_id, session_id, key_id, issued_ms, photo_id, variant, expire_s = json.loads(payload)
    issued = instant_of(issued_ms)
    return MediaGrant(
        asker=Asker(user_id=user_id, session_id=session_id, key_id=key_id, issued=issued),
        photo_id=photo_id,
        variant=Variant(variant),
        expire_s=expire_s,
    )
