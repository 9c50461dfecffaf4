"""Addresses of pictures that need no further credential, and whether the credential behind one still counts."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tintype.catalog.domain.media import Asker, MediaGrant
from tintype.catalog.domain.photo import Photo
from tintype.catalog.domain.result import Variant
from tintype.kit.errors import Unauthenticated


class MediaUrlInvalid(Unauthenticated):
    """The address was not made here, or has expired; which of these is not told."""

    reason = "CREDENTIAL_INVALID"

    def __init__(self) -> None:
        super().__init__("the address is not valid (any more): ask for a new one")


class MediaUrls(Protocol):
    """Signs addresses that live for minutes."""

    def sign(self, photo: Photo, variant: Variant, *, asker: Asker) -> tuple[str, datetime]:
        """The address of a variant that the photo has, and when it stops serving."""

    def thumbnail(self, photo: Photo, *, asker: Asker) -> str:
        """The address of the photo's thumbnail; empty if it has none (yet)."""

    def open(self, token: str) -> MediaGrant:
        """What the last part of an address grants. Raises MediaUrlInvalid if it was not made here."""


class Credentials(Protocol):
    """Knows what was revoked."""

    def check(self, asker: Asker) -> None:
        """Raises Unauthenticated if the credential was revoked, Unavailable if nobody can say."""
