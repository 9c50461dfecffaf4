"""What a credential may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tintype.accounts.domain.users import Role

# No key may hold keys, account, admin or internal: a leaked key must never widen its own reach.
KEY_SCOPES: Final = frozenset(
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
    }
)
_SESSION_SCOPES: Final = KEY_SCOPES | {"account", "keys"}
SCOPES_OF_ROLE: Final[Mapping[Role, frozenset[str]]] = {
    Role.MEMBER: _SESSION_SCOPES,
    Role.ADMINISTRATOR: _SESSION_SCOPES | {"admin"},
}


def refused_for_keys(scopes: Iterable[str]) -> list[str]:
    """Those that are unknown or that no key may hold, sorted."""
    return sorted(set(scopes) - KEY_SCOPES)
