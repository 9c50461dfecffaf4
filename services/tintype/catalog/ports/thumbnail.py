"""Addresses of pictures that need no further credential."""

from __future__ import annotations

from typing import Protocol

from tintype.catalog.domain.photo import Photo


class ThumbnailUrls(Protocol):
    """Signs addresses that live for minutes."""

    def sign(self, photo: Photo) -> str:
        """The address of the photo's thumbnail; empty if it has none (yet)."""
