"""Valid albums; a test sets only what it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.builders import OWNER
from tests.clocks import NOON

from tintype.catalog.domain.album import Album, AlbumValues


def make_album(album_id: str = "album-1", **overrides: Any) -> Album:
    """An empty album of OWNER."""
    values = overrides.get("values", AlbumValues(title="Summer"))
    album = Album(album_id=album_id, owner_id=OWNER, values=values, request=values, create_time=NOON)
    return replace(album, **overrides)
