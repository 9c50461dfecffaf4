"""What a credential may do; every RPC of the contract names the scope that it needs."""

from __future__ import annotations

from typing import Final

MEMBER_SCOPES: Final = frozenset(
    {
        "photos.read",
        "photos.write",
        "albums.read",
        "albums.write",
        "search",
        "embed",
        "events.read",
        "webhooks",
        "operations",
        "account",
        "keys",
    }
)
ADMINISTRATOR_SCOPES: Final = MEMBER_SCOPES | {"admin"}
INTERNAL: Final = "internal"
KEY_SCOPES: Final = MEMBER_SCOPES - {"keys", "account"}  # a leaked key must never widen its own reach
